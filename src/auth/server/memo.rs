//! Answers that are remembered for a while, each asked for once however many want it.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// The digest of what is asked about: no token is kept here.
type Key = [u8; 32];

/// Remembers at most `capacity` answers, each for `time`.
#[derive(Debug)]
pub(super) struct Memo<V> {
    time: Duration,
    capacity: usize,
    entries: Mutex<HashMap<Key, Entry<V>>>,
}

#[derive(Debug)]
struct Entry<V> {
    made: Instant,
    answer: Arc<OnceCell<V>>,
}

impl<V: Clone + Send + Sync + 'static> Memo<V> {
    pub(super) fn new(time: Duration, capacity: usize) -> Self {
        Self { time, capacity: capacity.max(1), entries: Mutex::new(HashMap::new()) }
    }

    /// The answer about `text`. Who waits for it may give up: it is asked for in a task of its own,
    /// and remembered.
    pub(super) async fn get<F>(&self, text: &str, ask: impl FnOnce() -> F) -> Option<V>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let answer = self.entry(Sha256::digest(text).into());
        let asked = answer.get_or_try_init(|| async { tokio::spawn(ask()).await }).await;
        asked.ok().cloned()
    }

    /// Forgets the answer about `text`: it was none that should be kept.
    pub(super) fn forget(&self, text: &str) {
        let key: Key = Sha256::digest(text).into();
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    fn entry(&self, key: Key) -> Arc<OnceCell<V>> {
        let now = Instant::now();
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |entry: &Entry<V>| now.duration_since(entry.made) < self.time;
        if let Some(entry) = entries.get(&key).filter(|entry| fresh(entry)) {
            return Arc::clone(&entry.answer);
        }
        if entries.len() >= self.capacity {
            entries.retain(|_, entry| fresh(entry));
        }
        if entries.len() >= self.capacity {
            // Whoever fills it with invented tokens makes others ask again, and nothing worse.
            entries.clear();
        }
        let answer = Arc::new(OnceCell::new());
        entries.insert(key, Entry { made: now, answer: Arc::clone(&answer) });
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn many_who_ask_are_one_question_until_its_time_is_over() {
        let memo = Arc::new(Memo::new(Duration::from_secs(30), 10));
        let asked = Arc::new(AtomicUsize::new(0));
        let ask = |text: &'static str| {
            let (memo, asked) = (Arc::clone(&memo), Arc::clone(&asked));
            async move {
                let question = async move {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    asked.fetch_add(1, Ordering::Relaxed) + 1
                };
                memo.get(text, || question).await
            }
        };
        let all: Vec<_> = (0..100).map(|_| tokio::spawn(ask("a"))).collect();
        for one in all {
            assert_eq!(one.await.unwrap(), Some(1));
        }
        assert_eq!(ask("b").await, Some(2));
        tokio::time::advance(Duration::from_secs(31)).await;
        assert_eq!(ask("a").await, Some(3));
    }

    #[tokio::test]
    async fn it_does_not_grow_without_end() {
        let memo = Memo::new(Duration::from_secs(3600), 8);
        for n in 0..100 {
            memo.get(&n.to_string(), || std::future::ready(n)).await;
            assert!(memo.entries.lock().unwrap().len() <= 8);
        }
    }
}
