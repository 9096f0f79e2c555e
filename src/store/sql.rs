//! A store in SQLite or PostgreSQL: the same tables and the same statements for both.

mod commit;
mod schema;
mod select;
mod statement;

use super::{Answer, Change, Link, Page, Query, Record, Scope, Store, StoreError};
use futures_util::FutureExt;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::{AnyPool, ConnectOptions, Row};
use statement::{Statement, id_text};
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::time::Duration;
use uuid::Uuid;

/// How long a statement waits for another process to let go of a SQLite file.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one waits for a connection to PostgreSQL: a caller is told soon that there is none.
const PATIENCE_FAR: Duration = Duration::from_secs(5);
/// How many connections read from one SQLite file at once.
const READERS: u32 = 4;
/// How many connections one process has to PostgreSQL.
const CONNECTIONS: u32 = 16;

/// Set for each connection to SQLite. With `FULL`, a commit returns when the log is on the disk, so
/// that it outlives a crash of the machine too.
const PRAGMAS: &str = "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768;";

/// A [`Store`] behind sqlx.
///
/// ```no_run
/// # use meshery_runtime::store::SqlStore;
/// # async fn f() -> Result<(), meshery_runtime::store::StoreError> {
/// let embedded = SqlStore::open("sqlite:/var/lib/meshery/store.db").await?;
/// let shared = SqlStore::open("postgres://meshery@db.example.org/meshery").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SqlStore {
    dialect: Dialect,
    /// SQLite has one writer at a time: they queue here, in order, instead of in the file.
    writer: AnyPool,
    reader: AnyPool,
}

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl SqlStore {
    /// Opens a store and brings its tables up to date; a SQLite file that is not there is made.
    ///
    /// `url` is `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/DATABASE`. Many processes may share
    /// a database of PostgreSQL.
    ///
    /// # Errors
    /// When the URL names neither, the database cannot be reached, or was written by a later
    /// version of this software.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let store = if url.starts_with("sqlite:") {
            Self::sqlite(url).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = options(CONNECTIONS, PATIENCE_FAR).connect_with(quiet(url)?).await?;
            Self { dialect: Dialect::Postgres, writer: pool.clone(), reader: pool }
        } else {
            return Err(StoreError::Failed("a store is `sqlite:FILE` or `postgres://…`".into()));
        };
        schema::migrate(&store).await?;
        Ok(store)
    }

    /// Waits for what runs, and closes all connections.
    pub async fn close(&self) {
        self.writer.close().await;
        self.reader.close().await;
    }

    /// Lets the database look at how its rows are spread, so that it chooses indexes well. Both do so
    /// by themselves in time; after a great import it is worth asking.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn analyze(&self) -> Result<(), StoreError> {
        sqlx::query("ANALYZE").execute(&self.writer).await?;
        Ok(())
    }

    /// How the database answers a list and its count: the lines of its query plans, in its own words.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn explain(&self, query: &Query) -> Result<Vec<String>, StoreError> {
        let (how, column) = match self.dialect {
            Dialect::Sqlite => ("EXPLAIN QUERY PLAN", 3),
            Dialect::Postgres => ("EXPLAIN", 0),
        };
        let mut lines = Vec::new();
        for statement in [select::page(query), select::count(query)] {
            for row in self.rows(&statement.explained(how)).await? {
                lines.push(row.try_get(column)?);
            }
        }
        Ok(lines)
    }

    async fn sqlite(url: &str) -> Result<Self, StoreError> {
        let url = if url.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") };
        let prepared = |connections| {
            options(connections, PATIENCE).after_connect(|connection, _| {
                sqlx::raw_sql(PRAGMAS).execute(connection).map(|r| r.map(drop)).boxed()
            })
        };
        let writer = prepared(1).connect_with(quiet(&url)?).await?;
        let reader = prepared(READERS).connect_with(quiet(&url)?).await?;
        Ok(Self { dialect: Dialect::Sqlite, writer, reader })
    }

    /// A transaction that writes. SQLite takes its lock at once, so that it never has to give up
    /// half-way.
    async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Any>, sqlx::Error> {
        match self.dialect {
            Dialect::Sqlite => self.writer.begin_with("BEGIN IMMEDIATE").await,
            Dialect::Postgres => self.writer.begin().await,
        }
    }

    async fn rows(&self, statement: &Statement) -> Result<Vec<AnyRow>, StoreError> {
        Ok(statement.query().fetch_all(&self.reader).await?)
    }
}

impl Store for SqlStore {
    fn get(&self, kind: &'static str, id: Uuid) -> Answer<'_, Option<Record>> {
        async move {
            let mut statement = Statement::new(select::RECORD);
            statement.push(" FROM objects o WHERE o.deleted_at = 0 AND o.kind = ").text(kind);
            statement.push(" AND o.id = ").text(id_text(id));
            let row = statement.query().fetch_optional(&self.reader).await?;
            row.map(|row| select::record(&row, kind)).transpose()
        }
        .boxed()
    }

    fn list<'a>(&'a self, query: &'a Query) -> Answer<'a, Page> {
        async move {
            let rows = self.rows(&select::page(query)).await?;
            let records = rows.iter().map(|row| select::record(row, query.kind)).collect::<Result<_, _>>()?;
            let total = select::count(query).query().fetch_one(&self.reader).await?;
            Ok(Page { records, total: select::number(&total, 0)? })
        }
        .boxed()
    }

    fn tally<'a>(&'a self, kind: &'a str, scope: &'a Scope) -> Answer<'a, BTreeMap<String, i64>> {
        async move { select::pairs(&self.rows(&select::tally(kind, scope)).await?) }.boxed()
    }

    fn link(&self, link: &'static str, from: Uuid, to: Uuid) -> Answer<'_, Option<Link>> {
        async move {
            let mut statement = Statement::new("SELECT created_at FROM links WHERE link = ");
            statement.text(link).push(" AND from_id = ").text(id_text(from));
            statement.push(" AND to_id = ").text(id_text(to));
            let row = statement.query().fetch_optional(&self.reader).await?;
            row.map(|row| Ok(Link { link, from, to, created_at: select::time(select::number(&row, 0)?)? }))
                .transpose()
        }
        .boxed()
    }

    fn alike<'a>(&'a self, records: &'a [Record], variant: bool) -> Answer<'a, Vec<i64>> {
        async move {
            let Some(first) = records.first() else { return Ok(Vec::new()) };
            let rows = self.rows(&select::alike(first.kind, records, variant)).await?;
            let mut counts = HashMap::new();
            for row in &rows {
                let key: [String; 4] = [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?];
                counts.insert(key, select::number(row, 4)?);
            }
            let key = |record: &Record| {
                let variant = if variant { &*record.variant } else { "" };
                [&*record.parent, &*record.name, &*record.version, variant].map(str::to_owned)
            };
            Ok(records.iter().map(|record| counts.get(&key(record)).map_or(0, |count| count - 1)).collect())
        }
        .boxed()
    }

    fn links_to<'a>(&'a self, link: &'static str, to: &'a [Uuid]) -> Answer<'a, Vec<Link>> {
        async move {
            if to.is_empty() {
                return Ok(Vec::new());
            }
            let rows = self.rows(&select::links_to(link, to)).await?;
            rows.iter().map(|row| select::link(row, link)).collect()
        }
        .boxed()
    }

    fn commit(&self, changes: Vec<Change>) -> Answer<'_, ()> {
        commit::commit(self, changes).boxed()
    }

    fn census(&self) -> Answer<'_, BTreeMap<String, i64>> {
        async move { select::pairs(&self.rows(&select::census()).await?) }.boxed()
    }

    fn reset(&self) -> Answer<'_, ()> {
        commit::reset(self).boxed()
    }

    fn ready(&self) -> Answer<'_, ()> {
        async move { self.rows(&Statement::new("SELECT 1")).await.map(drop) }.boxed()
    }
}

fn options(connections: u32, patience: Duration) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(connections).acquire_timeout(patience)
}

/// How to connect, without a line in the log for each statement: they hold what callers sent.
fn quiet(url: &str) -> Result<AnyConnectOptions, StoreError> {
    Ok(AnyConnectOptions::from_str(url)?.disable_statement_logging())
}

/// What a database says, as what it means.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let Some(database) = error.as_database_error() {
            // SQLITE_BUSY and its kin; too many connections, shutting down, starting up.
            let busy = ["5", "261", "517", "53300", "57P01", "57P02", "57P03"];
            if database.code().is_some_and(|code| busy.contains(&&*code)) {
                return Self::Unavailable(error.into());
            }
            return Self::Failed(error.into());
        }
        match error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::Unavailable(error.into())
            }
            error => Self::Failed(error.into()),
        }
    }
}
