//! Lists that come in pages: a stream of pages, and a stream of their items.
//!
//! What always holds:
//! - a stream asks for one page at a time, and for none that nobody waits for, unless
//!   [`prefetch`](Pages::prefetch) asks for one ahead;
//! - it ends: a page that was there already is never given again, whatever the server says of totals;
//! - after an error it is over.

use crate::call::Call;
use crate::client::BoxFuture;
use crate::response::Raw;
use crate::{Error, Response};
use futures_util::stream::{Stream, StreamExt, TryStreamExt};
use meshery_types::wire::Decode;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

mod facts;
mod json;
mod progress;

pub(crate) use facts::{Facts, Listed};
use progress::{Progress, Verdict};

/// How the pages of a list are asked for. Operations of the contract know it; for other requests it is
/// told to [`Request::stream`](crate::Request::stream).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Paging {
    /// The query parameter that says which page is asked for.
    pub page: &'static str,
    /// Query parameters that say how many items a page may have, the one to use first.
    pub sizes: &'static [&'static str],
    /// The number of the first page. Where nobody tells it, the first page is asked for without a number,
    /// and the second by what the first says of itself.
    pub first: Option<i64>,
}

impl Paging {
    /// Pages that are chosen by this query parameter.
    #[must_use]
    pub const fn new(page: &'static str) -> Self {
        Self { page, sizes: &[], first: None }
    }

    /// The same with query parameters that say how many items a page may have, the one to use first.
    #[must_use]
    pub const fn sizes(mut self, names: &'static [&'static str]) -> Self {
        self.sizes = names;
        self
    }

    /// The same with the number of the first page.
    #[must_use]
    pub const fn first(mut self, number: i64) -> Self {
        self.first = Some(number);
        self
    }
}

/// The pages of a list: a [`Stream`] of responses.
///
/// It begins at the page that was set, else at the first. It ends with the last page: one that is
/// empty, or shorter than it could be when the total is reached or not known. The first page is given
/// even if it is empty; a success without a body is the end. An error ends it.
pub struct Pages<P> {
    asking: Asking,
    running: Running,
    prefetch: bool,
    decode: fn(Raw) -> Result<Response<P>, Error>,
    facts: fn(&P) -> Facts,
}

/// The part that does not know what is in a page.
struct Asking {
    call: Call<'static>,
    paging: &'static Paging,
    progress: Progress,
}

/// Where the next page is.
enum Running {
    /// Not asked for yet.
    Idle,
    /// On its way.
    Asked(BoxFuture<'static, Result<Raw, Error>>),
    /// Here, before somebody waited for it.
    Here(Box<Result<Raw, Error>>),
    /// There is none.
    Over,
}

impl Asking {
    fn ask(&mut self) -> BoxFuture<'static, Result<Raw, Error>> {
        let mut call = self.call.again();
        if let Some(page) = self.progress.next() {
            call.query(self.paging.page, page.to_string().into());
        }
        call.execute()
    }
}

impl Running {
    /// Gets on with it, without anybody waiting for it.
    fn push(&mut self, cx: &mut Context<'_>) {
        if let Self::Asked(future) = self
            && let Poll::Ready(result) = future.as_mut().poll(cx)
        {
            *self = Self::Here(Box::new(result));
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Raw, Error>>> {
        self.push(cx);
        match std::mem::replace(self, Self::Over) {
            Self::Here(result) => Poll::Ready(Some(*result)),
            Self::Over => Poll::Ready(None),
            waiting => {
                *self = waiting;
                Poll::Pending
            }
        }
    }
}

impl<P: Decode> Pages<P> {
    pub(crate) fn new(call: Call<'_>, paging: &'static Paging, facts: fn(&P) -> Facts) -> Self {
        Self::decoded(call, paging, Raw::json, facts)
    }

    /// The same with a reading of pages that knows more than their type.
    fn decoded(
        call: Call<'_>,
        paging: &'static Paging,
        decode: fn(Raw) -> Result<Response<P>, Error>,
        facts: fn(&P) -> Facts,
    ) -> Self {
        let number = |name: &&str| call.query_text(name).and_then(|text| text.parse::<i64>().ok());
        let begin = number(&paging.page);
        let asked = paging.sizes.iter().find_map(number);
        let call = call.again();
        let asking = Asking { call, paging, progress: Progress::new(begin, paging.first, asked) };
        Self { asking, running: Running::Idle, prefetch: false, decode, facts }
    }

    /// Asks for pages of so many items; the server may give fewer. Where the list has no parameter for
    /// it, pages are as the server makes them.
    #[must_use]
    pub fn page_size(mut self, items: u32) -> Self {
        if let Some(name) = self.asking.paging.sizes.first() {
            self.asking.call.query(name, items.to_string().into());
            self.asking.progress.ask_for(items.into());
        }
        self
    }

    /// Asks for the next page as soon as one is here, not only when it is needed.
    #[must_use]
    pub fn prefetch(mut self) -> Self {
        self.prefetch = true;
        self
    }

    /// The next page; `None` behind the last.
    pub async fn next(&mut self) -> Option<Result<Response<P>, Error>> {
        StreamExt::next(self).await
    }

    /// Takes in a page that has come: what is given, and what comes next.
    fn taken(&mut self, raw: Raw) -> Result<Option<Response<P>>, Error> {
        let operation = self.asking.call.operation;
        if raw.status() == 204 {
            return Ok(None);
        }
        let page = (self.decode)(raw)?;
        let verdict = self.asking.progress.take(&(self.facts)(&page.body));
        Ok(match verdict {
            Verdict::Last => Some(page),
            Verdict::More => {
                self.running = Running::Idle;
                Some(page)
            }
            Verdict::End => None,
            Verdict::Other => {
                self.running = Running::Idle;
                None
            }
            Verdict::Repeated => return Err(Error::RepeatedPage { operation }),
        })
    }

    /// Asks for the next page ahead, if that is wanted.
    fn ahead(&mut self, cx: &mut Context<'_>) {
        if self.prefetch {
            if matches!(self.running, Running::Idle) {
                self.running = Running::Asked(self.asking.ask());
            }
            self.running.push(cx);
        }
    }
}

impl<P: Decode> Stream for Pages<P> {
    type Item = Result<Response<P>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if matches!(this.running, Running::Idle) {
                this.running = Running::Asked(this.asking.ask());
            }
            let Some(result) = ready!(this.running.poll(cx)) else { return Poll::Ready(None) };
            match result.and_then(|raw| this.taken(raw)) {
                Ok(Some(page)) => {
                    this.ahead(cx);
                    return Poll::Ready(Some(Ok(page)));
                }
                Ok(None) => {}
                Err(error) => {
                    this.running = Running::Over;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl<P> fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.asking.call.operation)
            .field("over", &matches!(self.running, Running::Over))
            .finish_non_exhaustive()
    }
}

/// All items of a list that comes in pages: a [`Stream`] that asks for pages as they are needed.
///
/// It ends as [`Pages`] does. With [`TryStreamExt`](https://docs.rs/futures-util/latest/futures_util/stream/trait.TryStreamExt.html)
/// of `futures-util` there is `try_collect`, `try_filter`, `try_for_each_concurrent` and so on.
///
/// ```
/// # use meshery_client::{Error, Items};
/// # use meshery_types::wire::Decode;
/// use futures_util::TryStreamExt;
///
/// async fn first_hundred<P: Decode>(items: Items<P, String>) -> Result<Vec<String>, Error> {
///     use futures_util::StreamExt;
///     items.page_size(100).take(100).try_collect().await
/// }
///
/// async fn each<P: Decode>(mut items: Items<P, String>) -> Result<(), Error> {
///     while let Some(item) = items.try_next().await? {
///         println!("{item}");
///     }
///     Ok(())
/// }
/// ```
pub struct Items<P, T> {
    pages: Pages<P>,
    items: vec::IntoIter<T>,
    list: fn(P) -> Vec<T>,
}

impl<P: Decode, T> Items<P, T> {
    pub(crate) fn new(pages: Pages<P>, list: fn(P) -> Vec<T>) -> Self {
        Self { pages, items: Vec::new().into_iter(), list }
    }

    /// Asks for pages of so many items; the server may give fewer. Where the list has no parameter for
    /// it, pages are as the server makes them.
    #[must_use]
    pub fn page_size(mut self, items: u32) -> Self {
        self.pages = self.pages.page_size(items);
        self
    }

    /// Asks for the next page while the items of one are given out, not only when it is needed.
    #[must_use]
    pub fn prefetch(mut self) -> Self {
        self.pages = self.pages.prefetch();
        self
    }

    /// The next item; `None` behind the last.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        StreamExt::next(self).await
    }

    /// All items that are left.
    ///
    /// # Errors
    /// The first that occurs.
    pub async fn all(self) -> Result<Vec<T>, Error> {
        self.try_collect().await
    }
}

impl<P, T> Unpin for Items<P, T> {}

impl<P: Decode, T> Stream for Items<P, T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.items.next() {
                this.pages.running.push(cx);
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(cx)) {
                Some(Ok(page)) => this.items = (this.list)(page.body).into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items.len(), None)
    }
}

impl<P, T> fmt::Debug for Items<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).field("here", &self.items.len()).finish()
    }
}
