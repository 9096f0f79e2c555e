//! Sending a call: attempts until one succeeds, or there is no point in another.

use crate::Error;
use crate::body::Flow;
use crate::call::Call;
use crate::client::{BoxFuture, Settings};
use crate::clock::{Deadline, Time};
use crate::credentials::{CredentialsRequest, Token};
use crate::exchange::{Exchange, guard};
use crate::middleware::{AttemptRequest, AttemptResponse, CallReport};
use crate::operation::OperationInfo;
use crate::payload::Payload;
use crate::response::Raw;
use crate::transport::{Incoming, Outgoing};
use bytes::Bytes;
use futures_util::future::{Either, TryFutureExt, select};
use http::{HeaderMap, StatusCode};
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Poll, ready};
use std::time::Duration;
use tracing::{Instrument, Span, field};

impl<'a> Call<'a> {
    /// Sends it and reads the whole body of a documented success.
    pub(crate) fn execute(mut self) -> BoxFuture<'a, Result<Raw, Error>> {
        Box::pin(async move {
            let (exchange, body) = self.run(true).await?;
            Ok(Raw { exchange, body })
        })
    }

    /// Sends it and returns when a documented success begins.
    pub(crate) fn open(mut self) -> BoxFuture<'a, Result<Exchange, Error>> {
        Box::pin(async move {
            let (mut exchange, _) = self.run(false).await?;
            exchange.call = Some(self.into_static());
            Ok(*exchange)
        })
    }

    /// The same for a call that is kept, to be sent again later.
    pub(crate) async fn open_again(&mut self) -> Result<Exchange, Error> {
        Ok(*self.run(false).await?.0)
    }

    /// The same with headers of a handshake.
    pub(crate) fn open_with(mut self, headers: HeaderMap) -> BoxFuture<'a, Result<Exchange, Error>> {
        self.headers.extend(headers);
        self.open()
    }

    /// Runs the call in its span, and reports it. What is recorded is the operation, never the
    /// values of the request.
    async fn run(&mut self, whole: bool) -> Result<(Box<Exchange>, Bytes), Error> {
        let operation = self.operation;
        let span = tracing::debug_span!(
            "meshery call",
            operation = operation.id,
            method = operation.method.as_str(),
            route = operation.path,
            status = field::Empty,
            attempts = field::Empty,
            error = field::Empty,
        );
        let mut trip = Trip::new(self.core.settings(), self.payload.is_streamed());
        // Futures are large, and stay where they are: what takes one takes it by reference.
        let result = pin!(self.attempts(whole, &mut trip)).instrument(span.clone()).await;
        trip.report(self, &span, result.as_ref().err());
        result
    }

    /// Attempts until one succeeds, or there is to be no other.
    async fn attempts(&mut self, whole: bool, trip: &mut Trip) -> Result<(Box<Exchange>, Bytes), Error> {
        let mut token = self.token(trip).await?;
        let mut refreshed = false;
        loop {
            trip.attempts += 1;
            let error = match self.attempt(token.as_ref(), whole, trip).await {
                Ok(answer) => {
                    if trip.attempts == 1 {
                        self.core.settings().budget.give_back();
                    }
                    return Ok(answer);
                }
                Err(error) => error,
            };
            if let Some(refused) = token.take_if(|_| error.is_unauthenticated()) {
                if std::mem::replace(&mut refreshed, true) {
                    return Err(error);
                }
                token = Some(Box::pin(self.refresh(&refused, error, trip)).await?);
            } else {
                Box::pin(self.pause(error, trip)).await?;
                // While waiting, it may have been replaced.
                token = self.token(trip).await?;
            }
        }
    }

    /// Sends it, once. The one place where that happens.
    async fn attempt(
        &mut self,
        token: Option<&Token>,
        whole: bool,
        trip: &mut Trip,
    ) -> Result<(Box<Exchange>, Bytes), Error> {
        let operation = self.operation;
        let mut request = self.prepare(token)?;
        let settings = self.core.settings();
        let round = Round { settings, operation, number: trip.attempts };
        let mut watch = Watch::new(&settings.time, operation, trip.limit);
        if !settings.middleware.is_empty() {
            request = watch.on(Box::pin(round.before(request))).await?;
        }

        let started = settings.time.now();
        watch = Watch::new(&settings.time, operation, trip.attempt_limit(started));
        let mut sent = if trip.streamed {
            Box::pin(streamed(settings, operation, request)).await
        } else {
            watch.on(settings.transport.send(request).map_err(|broken| broken.of(operation))).await
        };
        if let Ok(response) = &mut sent {
            guard(&mut response.headers, token);
        }
        if !settings.middleware.is_empty() {
            sent = Box::pin(round.after(started, sent)).await;
        }
        let response = sent?;
        trip.status = Some(response.status);
        if trip.streamed {
            // The request is sent now: the time of the response begins.
            watch = Watch::new(&settings.time, operation, ends(settings.time.now(), settings.timeout));
        }
        let mut exchange = match Exchange::sort(operation, response, token, settings.limits()) {
            Ok(exchange) => exchange,
            Err(refused) => return watch.on(Box::pin(refused.read())).await,
        };
        let body = if whole { watch.on(pin!(exchange.read())).await? } else { Bytes::new() };
        Ok((exchange, body))
    }

    /// Asks the hook who is calling.
    async fn token(&mut self, trip: &Trip) -> Result<Option<Token>, Error> {
        let Some(hook) = &self.core.settings().credentials else { return Ok(None) };
        let operation = self.operation;
        let request = CredentialsRequest { operation, origin: self.core.origin() };
        let asked = hook.token(request);
        let asked = asked.map_err(|source| Error::Credentials { operation, source, status: None });
        Watch::new(&self.core.settings().time, operation, trip.limit).on(asked).await
    }

    /// Another token than the one that was refused with an error, if there is one, and the call can
    /// be sent again.
    async fn refresh(&mut self, refused: &Token, error: Error, trip: &Trip) -> Result<Token, Error> {
        let Some(hook) = &self.core.settings().credentials else { return Err(error) };
        let operation = self.operation;
        let request = CredentialsRequest { operation, origin: self.core.origin() };
        let status = error.status();
        let asked = hook.refresh(request, refused);
        let asked = asked.map_err(|source| Error::Credentials { operation, source, status });
        let token = Watch::new(&self.core.settings().time, operation, trip.limit).on(asked).await?;
        match token.filter(|token| token != refused && !matches!(self.payload, Payload::Spent)) {
            Some(token) => Ok(token),
            None => Err(error),
        }
    }

    /// Waits before the next attempt, or gives the error back if there is to be none.
    async fn pause(&mut self, error: Error, trip: &Trip) -> Result<(), Error> {
        let settings = self.core.settings();
        let Some(wait) = settings.retry.wait(&error, trip.attempts) else { return Err(error) };
        let begin = settings.time.now().checked_add(wait);
        let in_time = match trip.limit {
            Some((end, _)) => begin.is_some_and(|begin| begin < end),
            None => wait <= settings.timeout.unwrap_or(LONGEST_WAIT),
        };
        if matches!(self.payload, Payload::Spent) || !in_time || !settings.budget.take() {
            return Err(error);
        }
        tracing::debug!(attempt = trip.attempts, ?wait, %error, "trying again");
        settings.time.sleep(wait).await;
        Ok(())
    }
}

/// Sends a request whose body is a stream, as long as the server gets on with it.
async fn streamed(
    settings: &Settings,
    operation: &'static OperationInfo,
    mut request: Outgoing,
) -> Result<Box<Incoming>, Error> {
    let flow = Flow::new(settings.time.clone());
    request.body = request.body.watched(&flow);
    let sent = settings.transport.send(request);
    let Some(limit) = settings.idle_timeout else { return sent.await.map_err(|broken| broken.of(operation)) };
    match select(sent, pin!(flow.stalled(limit))).await {
        Either::Left((sent, _)) => sent.map_err(|broken| broken.of(operation)),
        Either::Right(_) => Err(Error::Timeout { operation, after: Some(limit) }),
    }
}

/// The longest wait before another attempt, where nothing else limits it.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// When the time is up, and how long it was.
type Limit = Option<(Duration, Duration)>;

/// Keeps to a time limit, over all that is waited for.
struct Watch {
    operation: &'static OperationInfo,
    limit: Option<(Deadline, Duration)>,
}

impl Watch {
    fn new(time: &Time, operation: &'static OperationInfo, limit: Limit) -> Self {
        let limit = limit.map(|(end, limit)| (Deadline::new(time, end), limit));
        Self { operation, limit }
    }

    async fn on<T>(&mut self, future: impl Future<Output = Result<T, Error>> + Send) -> Result<T, Error> {
        let Self { operation, limit } = self;
        let mut future = pin!(future);
        poll_fn(|cx| match (future.as_mut().poll(cx), &mut *limit) {
            (Poll::Pending, Some((deadline, limit))) => {
                ready!(deadline.poll(cx));
                Poll::Ready(Err(Error::Timeout { operation, after: Some(*limit) }))
            }
            (polled, _) => polled,
        })
        .await
    }
}

/// A future within a time limit, from now on.
pub(crate) async fn limited<T>(
    time: &Time,
    operation: &'static OperationInfo,
    limit: Option<Duration>,
    future: impl Future<Output = Result<T, Error>> + Send,
) -> Result<T, Error> {
    Watch::new(time, operation, ends(time.now(), limit)).on(future).await
}

/// A limit that is further away than the clock reaches is none.
fn ends(from: Duration, limit: Option<Duration>) -> Limit {
    limit.and_then(|limit| Some((from.checked_add(limit)?, limit)))
}

/// How a call goes.
struct Trip {
    started: Duration,
    attempts: u32,
    status: Option<StatusCode>,
    /// Whether the body of the request is a stream, which takes the time that it takes.
    streamed: bool,
    limit: Limit,
    attempt: Option<Duration>,
}

impl Trip {
    fn new(settings: &Settings, streamed: bool) -> Self {
        let started = settings.time.now();
        let limit = ends(started, settings.timeout.filter(|_| !streamed));
        let attempt = settings.attempt_timeout.filter(|_| !streamed);
        Self { started, attempts: 0, status: None, streamed, limit, attempt }
    }

    /// The limit of an attempt that begins: its own, or that of the call where that is sooner.
    fn attempt_limit(&self, started: Duration) -> Limit {
        match (self.limit, ends(started, self.attempt)) {
            (Some(whole), Some(own)) if whole.0 <= own.0 => Some(whole),
            (whole, own) => own.or(whole),
        }
    }

    fn report(&self, call: &Call<'_>, span: &Span, error: Option<&Error>) {
        span.record("attempts", self.attempts);
        if let Some(status) = self.status {
            span.record("status", status.as_u16());
        }
        if let Some(error) = error {
            span.record("error", field::display(error));
        }
        if let Some(metrics) = &call.core.settings().metrics {
            metrics.call(&CallReport {
                operation: call.operation,
                status: self.status,
                error,
                attempts: self.attempts,
                elapsed: call.core.settings().time.now().saturating_sub(self.started),
            });
        }
    }
}

/// An attempt, as the hooks around it see it.
struct Round<'a> {
    settings: &'a Settings,
    operation: &'static OperationInfo,
    number: u32,
}

/// The hooks get a request or an answer and give it back, so that a call without hooks need not keep it.
impl Round<'_> {
    async fn before(&self, mut request: Outgoing) -> Result<Outgoing, Error> {
        for hook in &self.settings.middleware {
            let attempt = AttemptRequest {
                operation: self.operation,
                attempt: self.number,
                url: &request.url,
                headers: &mut request.headers,
            };
            let asked = hook.before(attempt).await;
            asked.map_err(|source| Error::Middleware { operation: self.operation, source })?;
        }
        Ok(request)
    }

    async fn after(
        &self,
        started: Duration,
        sent: Result<Box<Incoming>, Error>,
    ) -> Result<Box<Incoming>, Error> {
        let result = sent.as_ref().map(|response| (response.status, &response.headers));
        for hook in self.settings.middleware.iter().rev() {
            hook.after(AttemptResponse {
                operation: self.operation,
                attempt: self.number,
                elapsed: self.settings.time.now().saturating_sub(started),
                result,
            })
            .await;
        }
        sent
    }
}
