//! Calls that are put together by hand, for what the contract does not have.

#[cfg(feature = "net")]
use crate::WebSocket;
use crate::call::Call;
use crate::client::Core;
use crate::operation::OperationInfo;
use crate::pages::{Items, Pages, Paging};
use crate::payload::{FilePart, Upload};
use crate::response::{Download, Response};
use crate::{ClientBuilder, Error, EventStream};
use bytes::Bytes;
use meshery_types::wire::{Decode, Value};
use serde::Serialize;

impl Core {
    /// Settings of a client without operations of its own, for [`request`](Self::request); the
    /// clients of the products can be made of it by `From`.
    ///
    /// # Errors
    /// The base URL cannot be read, or is not one of HTTP.
    pub fn builder(base_url: &str) -> Result<ClientBuilder<Self>, Error> {
        ClientBuilder::new(base_url)
    }

    /// A call of an operation that the contract does not have: a route outside of it, or of a newer
    /// server. Everything holds for it that holds for the others.
    ///
    /// ```
    /// use meshery_client::{Core, Error, OperationInfo, ResponseInfo};
    ///
    /// static HEALTH: OperationInfo = OperationInfo::new("getHealth", http::Method::GET, "/healthz/{probe}")
    ///     .responses(&[ResponseInfo::new(200, &["text/plain"])])
    ///     .public();
    ///
    /// # async fn run() -> Result<(), Error> {
    /// let core = Core::builder("http://localhost:9081")?.build()?;
    /// let health = core.request(&HEALTH).path("ready").send().await?;
    /// println!("{}: {} bytes", health.status, health.body.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, operation: &'static OperationInfo) -> Request<'_> {
        Request { call: Call::new(self, operation) }
    }
}

/// A call that is put together by hand: see [`Core::request`].
///
/// What cannot be sent is the error of sending. Setting a value again replaces it.
#[derive(Debug)]
#[must_use = "a call does nothing until it is sent"]
pub struct Request<'a> {
    call: Call<'a>,
}

impl Request<'_> {
    /// The value of the next parameter of the path.
    pub fn path(mut self, value: &str) -> Self {
        self.call.path(value.into());
        self
    }

    /// A query parameter.
    pub fn query(mut self, name: &'static str, value: &str) -> Self {
        self.call.query(name, value.into());
        self
    }

    /// A query parameter that is repeated: `name=a&name=b`.
    pub fn query_all<T: AsRef<str>>(mut self, name: &'static str, values: &[T]) -> Self {
        let values = values.iter().map(|value| value.as_ref().to_owned()).collect();
        self.call.query_list(name, values, true);
        self
    }

    /// A header.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.call.header(name, value.into());
        self
    }

    /// A body that is JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.call.json("application/json", body);
        self
    }

    /// A body of bytes.
    pub fn body(mut self, media_type: &'static str, body: impl Into<Upload>) -> Self {
        self.call.upload(media_type, body.into());
        self
    }

    /// A part of a multipart body, as text.
    pub fn part(mut self, name: &'static str, value: &str) -> Self {
        self.call.part_text(name, value.into());
        self
    }

    /// A part of a multipart body, as a file.
    pub fn file(mut self, name: &'static str, file: impl Into<FilePart>) -> Self {
        self.call.part_files(name, vec![file.into()]);
        self
    }

    /// Sends it, and reads the body.
    ///
    /// # Errors
    /// Everything but a documented success.
    pub async fn send(self) -> Result<Response<Bytes>, Error> {
        let raw = self.call.execute().await?;
        let body = raw.body.clone();
        Ok(raw.with(body))
    }

    /// Sends it, and decodes the body as JSON.
    ///
    /// # Errors
    /// Everything but a documented success.
    pub async fn fetch<T: Decode>(self) -> Result<Response<T>, Error> {
        self.call.execute().await?.json()
    }

    /// Sends it, and gives the body to be read as it comes.
    ///
    /// # Errors
    /// Everything but a documented success.
    pub async fn download(self) -> Result<Response<Download>, Error> {
        Ok(Download::response(self.call.open().await?))
    }

    /// Sends it, and gives the events of the response, whose data is JSON.
    ///
    /// # Errors
    /// Everything but a documented success.
    pub async fn events<T: Decode>(self) -> Result<Response<EventStream<T>>, Error> {
        Ok(EventStream::json(self.call.open().await?))
    }

    /// Every page of a list, as the documents that they are, asked for as they are needed.
    ///
    /// A page is a JSON list, or an object with one list among its members; what its members state of page,
    /// page size and total is found by name, in whatever spelling. An answer without a list is an
    /// [`Error::Decode`], and so is a request with a body an [`Error::InvalidRequest`]: there is one for
    /// each page, and a body is sent once.
    pub fn pages(mut self, paging: &'static Paging) -> Pages<Value> {
        self.call.refuse_body("cannot be sent again for each page");
        Pages::of_documents(self.call, paging)
    }

    /// The items of all [`pages`](Self::pages), asked for as they are needed.
    ///
    /// ```
    /// use meshery_client::{Core, Error, OperationInfo, Paging, ResponseInfo};
    ///
    /// static THINGS: OperationInfo = OperationInfo::new("getThings", http::Method::GET, "/api/things")
    ///     .responses(&[ResponseInfo::new(200, &["application/json"])]);
    /// static PAGING: Paging = Paging::new("page").sizes(&["pagesize"]);
    ///
    /// # async fn run() -> Result<(), Error> {
    /// let core = Core::builder("http://localhost:9081")?.build()?;
    /// let mut things = core.request(&THINGS).query("search", "prod").stream(&PAGING).page_size(100);
    /// while let Some(thing) = things.next().await {
    ///     println!("{}", thing?["name"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self, paging: &'static Paging) -> Items<Value, Value> {
        Items::of_documents(self.pages(paging))
    }

    /// Sends it as the upgrade to a WebSocket, which needs 101 among the responses.
    ///
    /// # Errors
    /// Everything but a documented upgrade.
    #[cfg(feature = "net")]
    pub async fn websocket(self) -> Result<Response<WebSocket>, Error> {
        self.call.upgrade().await
    }
}
