//! How many of something a user may hold open at once: sockets, streams.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Places by user. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Places<K> {
    most: usize,
    taken: Arc<Mutex<HashMap<K, usize>>>,
}

/// A place that is taken until it is dropped.
#[derive(Debug)]
pub(crate) struct Place<K: Eq + Hash> {
    key: K,
    taken: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Clone + Eq + Hash> Places<K> {
    /// So many for each.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// A place, unless this user has taken all of theirs.
    pub(crate) fn take(&self, key: K) -> Option<Place<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let held = taken.get(&key).copied().unwrap_or(0);
        if held >= self.most {
            return None;
        }
        taken.insert(key.clone(), held + 1);
        Some(Place { key, taken: Arc::clone(&self.taken) })
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.key) {
            Some(held) if *held > 1 => *held -= 1,
            // Who holds none is not remembered.
            _ => drop(taken.remove(&self.key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn each_has_as_many_as_said_and_gets_them_back() {
        let places = Places::new(2);
        let (one, two) = (places.take("ann").unwrap(), places.take("ann").unwrap());
        assert!(places.take("ann").is_none() && places.take("bob").is_some());
        drop(one);
        let three = places.take("ann").unwrap();
        assert!(places.clone().take("ann").is_none());
        drop((two, three));
        assert!(places.taken.lock().unwrap().is_empty());
    }
}
