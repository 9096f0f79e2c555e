//! Calls from code that is not async: [`Wait::wait`] in place of `.await`.
//!
//! Everything that the client has can be used so; there is no second client. A thread in the
//! background, begun with the first call, keeps connections and timers going.
//!
//! ```no_run
//! use meshery_client::blocking::{Wait, WaitEach};
//! use meshery_client::{Core, Error, OperationInfo, ResponseInfo};
//!
//! static EVENTS: OperationInfo = OperationInfo::new("watch", http::Method::GET, "/api/events")
//!     .responses(&[ResponseInfo::new(200, &["text/event-stream"])]);
//!
//! fn main() -> Result<(), Error> {
//!     let core = Core::builder("http://localhost:9081")?.build()?;
//!     let events = core.request(&EVENTS).events::<Vec<String>>().wait()?.into_body();
//!     for names in events.wait_each() {
//!         println!("{:?}", names?);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! On a thread of an async runtime waiting would stop that runtime: it is refused there with
//! [`Error::InvalidRequest`], before anything is sent. That is so for
//! `tokio::task::spawn_blocking` too, where the `Handle` of the runtime can wait.

use crate::Error;
use futures_util::{Stream, StreamExt};
use std::sync::{Mutex, OnceLock, PoisonError};
use tokio::runtime::{Builder, Handle, Runtime};

/// What can be waited for: every call, and every next thing of a stream.
pub trait Wait<T>: Future<Output = Result<T, Error>> + Sized {
    /// Waits until it is done.
    ///
    /// # Errors
    /// What the call fails of; that it is made on a thread of an async runtime; that no thread can
    /// be begun.
    fn wait(self) -> Result<T, Error> {
        block_on(self)?
    }
}

impl<T, F: Future<Output = Result<T, Error>>> Wait<T> for F {}

/// Streams that can be read with `for`.
pub trait WaitEach<T>: Stream<Item = Result<T, Error>> + Unpin + Sized {
    /// What the stream gives, each waited for.
    fn wait_each(self) -> Each<Self> {
        Each { stream: Some(self) }
    }
}

impl<T, S: Stream<Item = Result<T, Error>> + Unpin> WaitEach<T> for S {}

/// What a stream gives: see [`WaitEach::wait_each`].
#[derive(Debug)]
pub struct Each<S> {
    stream: Option<S>,
}

impl<T, S: Stream<Item = Result<T, Error>> + Unpin> Iterator for Each<S> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match block_on(self.stream.as_mut()?.next()) {
            Ok(item) => item,
            Err(refused) => {
                self.stream = None;
                Some(Err(refused))
            }
        }
    }
}

/// Waits for any future, such as one that opens a file to be sent.
///
/// # Errors
/// It is called on a thread of an async runtime, or no thread can be begun.
pub fn block_on<F: Future>(future: F) -> Result<F::Output, Error> {
    if Handle::try_current().is_ok() {
        return Err(Error::settings(
            "waiting would stop the async runtime that this thread is of; use `.await` there",
        ));
    }
    Ok(runtime()?.block_on(future))
}

/// One for all, for as long as the process lives.
fn runtime() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    static BEGINNING: Mutex<()> = Mutex::new(());
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let _only = BEGINNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let begun =
        Builder::new_multi_thread().worker_threads(1).thread_name("meshery-client").enable_all().build();
    let begun = begun.map_err(|e| Error::settings(format!("no thread can be begun to wait with: {e}")))?;
    Ok(RUNTIME.get_or_init(|| begun))
}
