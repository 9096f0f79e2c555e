//! HTTPS: handshakes happen beside each other, so that one that is slow holds up nobody.

use super::settings::TlsFiles;
use anyhow::{Context, Result, bail};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a handshake may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections whose handshake is done, and that nobody serves yet.
const WAITING: usize = 256;

type Accepted = (TlsStream<TcpStream>, SocketAddr);

/// Connections whose handshake is done.
pub(super) struct Listener {
    accepted: mpsc::Receiver<Accepted>,
    address: SocketAddr,
}

impl Listener {
    /// Takes over a listener, with the certificate and the key of these files. As many handshakes are
    /// under way as there may be connections: those who connect and say nothing hold up nobody.
    pub(super) fn new(listener: TcpListener, files: &TlsFiles, at_once: usize) -> Result<Self> {
        let acceptor = TlsAcceptor::from(Arc::new(config(files)?));
        let address = listener.local_addr()?;
        let (sender, accepted) = mpsc::channel(WAITING);
        tokio::spawn(accept(listener, acceptor, sender, at_once));
        Ok(Self { accepted, address })
    }
}

fn config(files: &TlsFiles) -> Result<ServerConfig> {
    let TlsFiles { tls_cert, tls_key } = files;
    let unreadable = |path: &std::path::Path| format!("{} holds nothing that can be used", path.display());
    let chain: Vec<_> = CertificateDer::pem_file_iter(tls_cert)
        .and_then(Iterator::collect)
        .with_context(|| unreadable(tls_cert))?;
    if chain.is_empty() {
        bail!("{} holds no certificate", tls_cert.display());
    }
    let key = PrivateKeyDer::from_pem_file(tls_key).with_context(|| unreadable(tls_key))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("certificate and key do not go together")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    accepted: mpsc::Sender<Accepted>,
    at_once: usize,
) {
    let room = Arc::new(Semaphore::new(at_once));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let next = tokio::select! {
            next = listener.accept() => next,
            () = accepted.closed() => return,
        };
        let Ok((stream, address)) = next else {
            // Too many open files, say: the next attempt is not to spin.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let (acceptor, accepted) = (acceptor.clone(), accepted.clone());
        tokio::spawn(async move {
            let _permit = permit;
            match tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => drop(accepted.send((stream, address)).await),
                Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
                Err(_) => tracing::debug!("a handshake took too long"),
            }
        });
    }
}

impl axum::serve::Listener for Listener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.accepted.recv().await {
            Some(accepted) => accepted,
            // The task that accepts ends with this listener only.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        Ok(self.address)
    }
}
