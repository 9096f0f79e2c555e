//! What is in a part of a multipart body: in memory while it is small, on disk from then on.

use crate::ByteStream;
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// How much is read from a file at once.
const CHUNK: u64 = 64 * 1024;

/// The content of a part.
#[derive(Clone, Debug)]
pub(super) enum Held {
    Memory(Bytes),
    /// A file without a name: it is gone with the last that holds it.
    Disk(Arc<Mutex<File>>, u64),
}

impl Held {
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Disk(_, length) => *length,
        }
    }

    /// All of it at once.
    pub(super) async fn whole(self) -> io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes),
            Self::Disk(file, length) => blocking(move || read(&file, 0, length)).await,
        }
    }

    /// All of it at once, from the thread that asks: for what is short.
    pub(super) fn whole_now(&self) -> io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes.clone()),
            Self::Disk(file, length) => read(file, 0, *length),
        }
    }

    /// Piece by piece.
    pub(super) fn into_stream(self) -> ByteStream {
        let (file, length) = match self {
            Self::Memory(bytes) => return bytes.into(),
            Self::Disk(file, length) => (file, length),
        };
        ByteStream::new(stream::try_unfold(0, move |at| {
            let file = Arc::clone(&file);
            async move {
                if at >= length {
                    return Ok(None);
                }
                let chunk = blocking(move || read(&file, at, CHUNK.min(length - at))).await?;
                let next = at + chunk.len() as u64;
                Ok(Some((chunk, next)))
            }
        }))
    }
}

fn read(file: &Mutex<File>, from: u64, length: u64) -> io::Result<Bytes> {
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    Read::by_ref(&mut *file).take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes.into()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Takes what comes of a part.
pub(super) struct Holder {
    memory: BytesMut,
    /// How much of it may be in memory.
    room: usize,
    disk: Option<File>,
    written: u64,
}

impl Holder {
    pub(super) fn new(room: usize) -> Self {
        Self { memory: BytesMut::new(), room, disk: None, written: 0 }
    }

    pub(super) async fn push(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.memory.extend_from_slice(chunk);
        if self.memory.len() > self.room { self.spill().await } else { Ok(()) }
    }

    pub(super) async fn finish(mut self) -> io::Result<Held> {
        if self.disk.is_none() {
            return Ok(Held::Memory(self.memory.freeze()));
        }
        self.spill().await?;
        let file = self.disk.ok_or(io::ErrorKind::NotFound)?;
        Ok(Held::Disk(Arc::new(Mutex::new(file)), self.written))
    }

    /// Moves what is in memory to disk.
    async fn spill(&mut self) -> io::Result<()> {
        let (bytes, disk) = (self.memory.split().freeze(), self.disk.take());
        self.written += bytes.len() as u64;
        let write = move || {
            let mut file = disk.map_or_else(tempfile::tempfile, Ok)?;
            file.write_all(&bytes)?;
            Ok(file)
        };
        self.disk = Some(blocking(write).await?);
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, Held, Holder};
    use futures_util::{StreamExt, TryStreamExt};

    async fn held(room: usize, chunks: &[&[u8]]) -> Held {
        let mut holder = Holder::new(room);
        for chunk in chunks {
            holder.push(chunk).await.unwrap();
        }
        holder.finish().await.unwrap()
    }

    #[tokio::test]
    async fn what_is_small_stays_in_memory_and_what_is_not_comes_back_from_disk() {
        let small = held(4, &[b"ab", b"cd"]).await;
        assert!(matches!(&small, Held::Memory(bytes) if bytes == "abcd"));
        let large = held(3, &[b"ab", b"cd", b"e"]).await;
        assert!(matches!(large, Held::Disk(_, 5)));
        assert_eq!(large.whole_now().unwrap(), "abcde");
        assert_eq!(large.clone().whole().await.unwrap(), "abcde");
        assert_eq!(large.length(), 5);
    }

    #[tokio::test]
    async fn two_may_read_the_same_piece_by_piece() {
        let all: Vec<u8> = (0..2 * CHUNK as usize + 9).map(|i| (i % 251) as u8).collect();
        let held = held(16, &[&all]).await;
        let (one, other) = (held.clone().into_stream(), held.into_stream());
        let both = one.zip(other).map(|(one, other)| Ok::<_, std::io::Error>((one?, other?)));
        let chunks: Vec<_> = both.try_collect().await.unwrap();
        assert_eq!(chunks.len(), 3);
        assert!(chunks.iter().all(|(a, b)| a == b));
        assert_eq!(chunks.iter().flat_map(|(a, _)| a.to_vec()).collect::<Vec<_>>(), all);
    }
}
