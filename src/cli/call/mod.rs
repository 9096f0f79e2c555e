//! `mesheryd call`: any operation, by its id.

mod output;

use super::session::{keep_alive, session};
use super::talk::print;
use anyhow::{Context, Result, bail};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ContextKind;
use clap::{Arg, Command};
use futures_util::TryStreamExt;
use meshery_client::{Core, FilePart, Paging, Request, Response, Upload};
use meshery_server::OperationInfo as ServerInfo;
use output::Format;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// How operations are asked for pages. Which number the first one has is left to the server.
static PAGING: Paging = Paging::new("page").sizes(&["pageSize", "pagesize"]);

#[derive(clap::Args)]
pub(super) struct Args {
    /// The operation: `getWorkspaces`.
    #[arg(value_name = "OPERATION", value_parser = Names, hide_possible_values = true)]
    operation: String,
    /// Whose operation it is, where several products have one of that name.
    #[arg(long, value_name = "NAME")]
    product: Option<String>,
    /// A parameter of path or query, as `name=value`; may be repeated, for a list with one name.
    #[arg(long = "param", short, value_name = "NAME=VALUE", value_parser = pair)]
    params: Vec<(String, String)>,
    /// A header, as `name=value`; may be repeated, with other names.
    #[arg(long = "header", value_name = "NAME=VALUE", value_parser = pair)]
    headers: Vec<(String, String)>,
    /// The file with the body; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// What the body is, where the operation takes several kinds.
    #[arg(long, value_name = "MEDIA_TYPE", requires = "body")]
    content_type: Option<String>,
    /// A part of a form, as `name=value`, or `name=@file`; may be repeated, with other names.
    #[arg(long = "part", value_name = "NAME=VALUE", value_parser = pair, conflicts_with = "body")]
    parts: Vec<(String, String)>,
    /// Every page of a list, one after the other.
    #[arg(long)]
    all: bool,
    /// How the answer is shown.
    #[arg(long, short, value_name = "FORMAT", default_value = "json")]
    output: Format,
    /// The context of mesheryctl to use, if not the current one; the environment does not count then.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// The server, where it is not that of `MESHERY_ENDPOINT` or of the context: the token goes there.
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected name=value")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The id of an operation. They are too many to be listed where one is mistyped: what is close is named.
#[derive(Clone)]
struct Names;

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        PossibleValuesParser::new(names()).parse_ref(command, argument, value).map_err(|mut error| {
            error.remove(ContextKind::ValidValue);
            error
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(names().into_iter().map(PossibleValue::new)))
    }
}

/// The ids of all operations, for completion and for whoever mistypes one.
fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = meshery_client::OPERATIONS.iter().map(|operation| operation.id).collect();
    names.sort_unstable();
    names.dedup();
    names
}

pub(super) async fn run(args: Args) -> Result<()> {
    let operation = Operation::find(&args.operation, args.product.as_deref())?;
    let core = core(&args).await?;
    let request = request(&core, &operation, &args)?;
    if args.all {
        operation.check_pages(&args)?;
        let items = request.stream(&PAGING).all().await?;
        return Ok(print(&args.output.of_items(&items)?)?);
    }
    show(request.download().await?, args.output).await
}

/// Who is called, and as whom. A token is for the server of its context, and for no other but one that
/// is named on the command line.
async fn core(args: &Args) -> Result<Core> {
    let session = session(args.context.as_deref())?;
    let session = match &args.endpoint {
        Some(endpoint) => session.at(endpoint),
        None => session,
    };
    let endpoint = session.endpoint().to_owned();
    keep_alive(&session).await?;
    Ok(Core::builder(&endpoint)?.credentials(session).build()?)
}

/// An operation as both sides know it.
struct Operation {
    client: &'static meshery_client::OperationInfo,
    server: &'static ServerInfo,
}

impl Operation {
    fn find(id: &str, product: Option<&str>) -> Result<Self> {
        let named = meshery_client::OPERATIONS.iter().filter(|operation| operation.id == id);
        let mut fitting = named.filter(|operation| product.is_none_or(|p| operation.products.contains(&p)));
        let Some(client) = fitting.next() else { bail!("no such operation: {id}") };
        if fitting.next().is_some() {
            bail!("several products have an operation {id}: name one with --product");
        }
        let servers = meshery_server::meshery::OPERATIONS.iter().chain(meshery_server::cloud::OPERATIONS);
        let mut servers =
            servers.filter(|server| server.method == client.method && server.path == client.path);
        let server = servers.next().context("the server is built without this operation")?;
        Ok(Self { client, server })
    }

    /// Whether there are pages, and none of them was chosen.
    fn check_pages(&self, args: &Args) -> Result<()> {
        let page = PAGING.page;
        if !self.server.query.contains(&page) {
            bail!("{} has no pages", self.client.id);
        }
        if args.params.iter().any(|(name, _)| name == page) {
            bail!("--all and --param {page}=... exclude each other");
        }
        Ok(())
    }

    /// The names of the parameters in the path, in their order.
    fn in_path(&self) -> impl Iterator<Item = &'static str> {
        self.client.path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
    }
}

/// The request that the arguments ask for.
fn request<'a>(core: &'a Core, operation: &Operation, args: &Args) -> Result<Request<'a>> {
    if operation.server.websocket {
        bail!("{} is a WebSocket: there is no command for those", operation.client.id);
    }
    let request = with_params(core.request(operation.client), operation, &args.params)?;
    with_body(with_headers(request, &args.headers)?, operation, args)
}

/// What an option that may be repeated was given.
type Given = [(String, String)];

fn with_params<'a>(mut request: Request<'a>, operation: &Operation, given: &Given) -> Result<Request<'a>> {
    let mut params = grouped(given, str::eq);
    for name in operation.in_path() {
        let values = params.iter().position(|(own, _)| *own == name).map(|at| params.remove(at).1);
        request = match values.as_deref() {
            None => bail!("--param {name}=... is missing: it is in the path"),
            Some([value]) => request.path(value),
            Some(_) => bail!("--param {name}=... is given more than once: it is in the path"),
        };
    }
    for (name, values) in params {
        let known = operation.server.query.iter().find(|own| **own == name);
        let known = known.with_context(|| {
            let all: Vec<_> = operation.in_path().chain(operation.server.query.iter().copied()).collect();
            format!("there is no parameter {name}; there are: {}", all.join(", "))
        })?;
        request = match values[..] {
            [value] => request.query(known, value),
            _ => request.query_all(known, &values),
        };
    }
    Ok(request)
}

fn with_headers<'a>(mut request: Request<'a>, given: &Given) -> Result<Request<'a>> {
    for (name, values) in grouped(given, str::eq_ignore_ascii_case) {
        let [value] = values[..] else {
            bail!("--header {name}=... is given more than once: a list is one value, joined by commas");
        };
        request = request.header(kept(name), value);
    }
    Ok(request)
}

/// The values of each name, in the order in which names first come.
fn grouped(given: &Given, same: fn(&str, &str) -> bool) -> Vec<(&str, Vec<&str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, value) in given {
        match groups.iter_mut().find(|(own, _)| same(own, name)) {
            Some((_, values)) => values.push(value),
            None => groups.push((name, vec![value])),
        }
    }
    groups
}

/// Names are asked for as long as the program runs, which is not long.
fn kept(name: &str) -> &'static str {
    name.to_owned().leak()
}

fn with_parts<'a>(mut request: Request<'a>, given: &Given) -> Result<Request<'a>> {
    for (name, values) in grouped(given, str::eq) {
        let [value] = values[..] else { bail!("--part {name}=... is given more than once") };
        request = match value.strip_prefix('@') {
            Some(path) => request.file(kept(name), file(Path::new(path))?),
            None => request.part(kept(name), value),
        };
    }
    Ok(request)
}

fn with_body<'a>(request: Request<'a>, operation: &Operation, args: &Args) -> Result<Request<'a>> {
    let request = with_parts(request, &args.parts)?;
    let Some(path) = &args.body else { return Ok(request) };
    let accepts = operation.server.body.map(|body| body.accepts).unwrap_or_default();
    let media = match &args.content_type {
        Some(given) => accepts.iter().find(|media| media.media_type == given),
        None => accepts.first(),
    };
    let media = media.with_context(|| {
        let all: Vec<_> = accepts.iter().map(|media| media.media_type).collect();
        format!(
            "{} takes: {}",
            operation.client.id,
            if all.is_empty() { "no body".into() } else { all.join(", ") }
        )
    })?;
    Ok(request.body(media.media_type, read(path)?))
}

fn read(path: &Path) -> Result<Upload> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(Upload::from(bytes))
}

fn file(path: &Path) -> Result<FilePart> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(FilePart::new(read(path)?).file_name(name))
}

/// JSON as it is asked for; everything else as it comes.
async fn show(response: Response<meshery_client::Download>, format: Format) -> Result<()> {
    let media_type = response.body.media_type().unwrap_or_default();
    if media_type == "application/json" || media_type.ends_with("+json") {
        let bytes = response.body.bytes().await?;
        return Ok(print(&format.of_document(&bytes)?)?);
    }
    let mut stream = response.body.into_stream();
    while let Some(chunk) = stream.try_next().await? {
        let mut out = std::io::stdout().lock();
        if let Err(error) = out.write_all(&chunk).and_then(|()| out.flush()) {
            // Whoever reads has read enough.
            return if error.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error.into()) };
        }
    }
    Ok(())
}
