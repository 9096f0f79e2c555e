//! Until a server is told to stop.

use tokio::signal;

/// Until the process is asked to end: SIGINT, or SIGTERM where there is one.
pub(super) async fn interrupted() {
    let terminated = async {
        #[cfg(unix)]
        if let Ok(mut signals) = signal::unix::signal(signal::unix::SignalKind::terminate()) {
            signals.recv().await;
            return;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        _ = signal::ctrl_c() => {}
        () = terminated => {}
    }
}
