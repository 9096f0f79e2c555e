//! Which page is next, and when there is none: the rules, without any sending.

use super::Facts;
use std::collections::HashSet;

/// How far a list has been read.
#[derive(Debug)]
pub(super) struct Progress {
    /// The page to ask for; none while the server decides which is the first.
    next: Option<i64>,
    /// Whether nothing has said yet from which number on pages count.
    guessed: bool,
    /// How many items a page was asked to have.
    asked: Option<i64>,
    /// The most items that a page has had.
    longest: u64,
    /// How many pages are before the one that was begun with.
    before: u64,
    /// How many items there were, with those of the pages before.
    seen: u64,
    /// The digests of the pages that were there.
    digests: HashSet<u64>,
}

/// What becomes of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is given, and more may follow.
    More,
    /// It is given, and is the last.
    Last,
    /// It is not given, and there are no more.
    End,
    /// It is not given, and another is asked for.
    Other,
    /// It was there already, and the server says that there are more.
    Repeated,
}

impl Progress {
    /// From the page that was asked for, or else the first, on.
    pub(super) fn new(begin: Option<i64>, first: Option<i64>, asked: Option<i64>) -> Self {
        let before =
            begin.zip(first).and_then(|(begin, first)| u64::try_from(begin.checked_sub(first)?).ok());
        let next = begin.or(first);
        Self {
            next,
            guessed: next.is_none(),
            asked,
            longest: 0,
            before: before.unwrap_or(0),
            seen: 0,
            digests: HashSet::new(),
        }
    }

    /// Takes down how many items a page is asked to have.
    pub(super) fn ask_for(&mut self, items: i64) {
        self.asked = Some(items);
    }

    /// The page to ask for; none for the one that the server takes for the first.
    pub(super) fn next(&self) -> Option<i64> {
        self.next
    }

    /// Takes in a page.
    pub(super) fn take(&mut self, page: &Facts) -> Verdict {
        let first = self.digests.is_empty();
        if page.len == 0 {
            return if first { Verdict::Last } else { Verdict::End };
        }
        let total = page.total.and_then(|total| u64::try_from(total).ok());
        if !self.digests.insert(page.digest) {
            return self.repeated(total);
        }
        if first {
            self.seen = self.before.saturating_mul(size(page).unwrap_or(page.len));
        }
        let more = self.is_more(page, total, first);
        self.seen = self.seen.saturating_add(page.len);
        self.longest = self.longest.max(page.len);
        // Where nothing said from which number on pages count, the first page may.
        let number = match (self.next, page.page) {
            (Some(number), _) => number,
            (None, Some(number)) => {
                self.guessed = false;
                number
            }
            (None, None) => 0,
        };
        self.next = Some(number.saturating_add(1));
        if more { Verdict::More } else { Verdict::Last }
    }

    /// A page that was there already: the server does not go on, or counts pages from one.
    fn repeated(&mut self, total: Option<u64>) -> Verdict {
        if self.guessed && self.digests.len() == 1 {
            self.guessed = false;
            self.next = self.next.map(|next| next.saturating_add(1));
            return Verdict::Other;
        }
        if total.is_some_and(|total| total > self.seen) { Verdict::Repeated } else { Verdict::End }
    }

    /// Whether more may follow. A total may lie: a page that is full is never the last, and one that
    /// is short only is if no total says otherwise.
    fn is_more(&self, page: &Facts, total: Option<u64>, first: bool) -> bool {
        let stated = size(page);
        let asked = self.asked.and_then(|size| u64::try_from(size).ok());
        let full = match (stated, asked) {
            (Some(size), _) => Some(page.len >= size),
            // A server that gives fewer than it was asked for may have a limit of its own.
            (None, Some(size)) if page.len >= size => Some(true),
            (None, _) if first => None,
            (None, _) => Some(page.len >= self.longest),
        };
        let seen = self.seen.saturating_add(page.len);
        match total {
            Some(total) if seen < total => true,
            Some(_) => full == Some(true),
            None => full != Some(false),
        }
    }
}

/// How many items a page has, by its own account.
fn size(page: &Facts) -> Option<u64> {
    page.size.and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0)
}

#[cfg(test)]
mod tests {
    use super::{Facts, Progress, Verdict};

    fn page(digest: u64, len: u64, size: Option<i64>, total: Option<i64>) -> Facts {
        Facts { len, digest, page: None, size, total }
    }

    /// What becomes of pages, one after the other.
    fn verdicts(mut progress: Progress, pages: &[Facts]) -> Vec<(Option<i64>, Verdict)> {
        pages.iter().map(|page| (progress.next(), progress.take(page))).collect()
    }

    fn from_zero() -> Progress {
        Progress::new(None, Some(0), None)
    }

    #[test]
    fn a_list_ends_where_total_and_size_say() {
        let pages = [page(1, 2, Some(2), Some(3)), page(2, 1, Some(2), Some(3))];
        assert_eq!(verdicts(from_zero(), &pages), [(Some(0), Verdict::More), (Some(1), Verdict::Last)]);
        assert_eq!(verdicts(from_zero(), &[page(1, 1, Some(25), Some(1))]), [(Some(0), Verdict::Last)]);
        assert_eq!(verdicts(from_zero(), &[page(1, 3, None, Some(3))]), [(Some(0), Verdict::Last)]);
    }

    #[test]
    fn an_empty_list_is_one_page() {
        assert_eq!(verdicts(from_zero(), &[page(0, 0, Some(25), Some(0))]), [(Some(0), Verdict::Last)]);
        assert_eq!(verdicts(from_zero(), &[page(0, 0, None, Some(9))]), [(Some(0), Verdict::Last)]);
    }

    #[test]
    fn totals_that_lie_neither_lose_items_nor_go_on_for_ever() {
        // Too small: the total is that of the page.
        let pages =
            [page(1, 2, Some(2), Some(2)), page(2, 2, Some(2), Some(2)), page(0, 0, Some(2), Some(0))];
        let ends: Vec<_> = verdicts(from_zero(), &pages).into_iter().map(|(_, verdict)| verdict).collect();
        assert_eq!(ends, [Verdict::More, Verdict::More, Verdict::End]);
        // Too large: the empty page behind the last ends it.
        let pages = [page(1, 1, Some(2), Some(99)), page(0, 0, Some(2), Some(99))];
        let ends: Vec<_> = verdicts(from_zero(), &pages).into_iter().map(|(_, verdict)| verdict).collect();
        assert_eq!(ends, [Verdict::More, Verdict::End]);
        // Nonsense is as good as none.
        assert_eq!(verdicts(from_zero(), &[page(1, 1, Some(2), Some(-1))])[0].1, Verdict::Last);
    }

    #[test]
    fn without_any_word_of_the_server_a_shorter_page_is_the_last() {
        let pages = [page(1, 3, None, None), page(2, 3, None, None), page(3, 2, None, None)];
        let ends: Vec<_> = verdicts(from_zero(), &pages).into_iter().map(|(_, verdict)| verdict).collect();
        assert_eq!(ends, [Verdict::More, Verdict::More, Verdict::Last]);
        // Fewer than were asked for on the first page may be a limit of the server's.
        let progress = Progress::new(None, Some(0), Some(100));
        assert_eq!(verdicts(progress, &[page(1, 25, None, None)])[0].1, Verdict::More);
    }

    #[test]
    fn a_page_that_was_there_already_is_not_given_again() {
        // The server knows no pages: all there is comes each time.
        let whole = page(1, 3, None, None);
        assert_eq!(verdicts(from_zero(), &[whole, whole])[1].1, Verdict::End);
        // It says that there is more, and does not get on; also if it goes round.
        let (a, b) = (page(1, 2, Some(2), Some(9)), page(2, 2, Some(2), Some(9)));
        assert_eq!(verdicts(from_zero(), &[a, a])[1].1, Verdict::Repeated);
        assert_eq!(verdicts(from_zero(), &[a, b, a])[2].1, Verdict::Repeated);
    }

    #[test]
    fn pages_count_from_what_the_server_says_they_do() {
        let unknown = || Progress::new(None, None, None);
        let stated = Facts { page: Some(1), ..page(1, 2, Some(2), Some(4)) };
        let told = verdicts(unknown(), &[stated, page(2, 2, Some(2), Some(4))]);
        assert_eq!(told, [(None, Verdict::More), (Some(2), Verdict::More)]);
        // Not said: the second page is 1; if that is the first again, it is 2.
        let (a, b) = (page(1, 2, None, None), page(2, 1, None, None));
        assert_eq!(
            verdicts(unknown(), &[a, a, b]),
            [(None, Verdict::More), (Some(1), Verdict::Other), (Some(2), Verdict::Last)]
        );
    }
}
