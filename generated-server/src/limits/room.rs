//! How many requests are under way at once.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Places for so many requests. Nobody waits for one, and so a count is all that is needed.
///
/// All threads write to it, for every request: on a line of the cache of its own, they do not take from each
/// other what they only read.
#[repr(align(128))]
pub(crate) struct Room {
    taken: AtomicUsize,
    places: usize,
}

/// A place that is taken until it is dropped.
pub(crate) struct Place<'a>(&'a Room);

impl Room {
    pub(crate) const fn new(places: usize) -> Self {
        Self { taken: AtomicUsize::new(0), places }
    }

    /// A place, if one is left.
    pub(crate) fn enter(&self) -> Option<Place<'_>> {
        let place = Place(self);
        // Who finds no place has counted himself for a moment: at worst another one is refused with him.
        (self.taken.fetch_add(1, Relaxed) < self.places).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Room;

    #[test]
    fn a_place_is_free_again_once_it_is_left() {
        let room = Room::new(2);
        let (first, second) = (room.enter(), room.enter());
        assert!(first.is_some() && second.is_some());
        assert!(room.enter().is_none() && room.enter().is_none(), "who is refused takes no place");
        drop(first);
        assert!(room.enter().is_some());
        assert!(Room::new(0).enter().is_none());
    }
}
