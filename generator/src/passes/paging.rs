//! Paging: which operations give a list in pages, and how pages are asked for and told apart.
//!
//! Found by shape alone: a GET with a parameter that counts pages, whose only success is a JSON list,
//! or an object with one list in it. Names of parameters and members are compared without case and
//! separators: `pageSize`, `page_size` and `pagesize` are one word.

use super::{described, place_of, report};
use crate::diagnostic::{Code, Diagnostics};
use crate::ir::{Api, Field, Kind, Method, Operation, Paging, Param, Payload, Struct, Ty, Use};
use crate::number::Number;

const PAGE: &[&str] = &["page", "pagenumber", "pageno"];
const SIZE: &[&str] = &["pagesize", "perpage", "pagelimit"];
const TOTAL: &[&str] = &["totalcount", "total", "totalitems", "totalelements", "totalresults"];

pub(super) fn run(api: &mut Api, found: &mut Diagnostics) {
    let pagings: Vec<_> = api.operations.iter().map(|operation| paging(api, operation)).collect();
    for (operation, paging) in api.operations.iter_mut().zip(pagings) {
        operation.paging = match paging {
            Some(Ok(paging)) => Some(paging),
            Some(Err(why)) => {
                let message = format!("`{}` has parameters for pages, but {why}", operation.id);
                let help = "callers ask for each page by itself; an action in schemas/overlay.yml can say it \
                            differently";
                report(found, Code::UnpagedList, &place_of(operation), message, Some(help));
                None
            }
            None => None,
        };
    }
}

/// How an operation gives its pages; why it does not, though it has both parameters for it.
fn paging(api: &Api, operation: &Operation) -> Option<Result<Paging, String>> {
    if operation.method != Method::Get {
        return None;
    }
    let mut pages = operation.query_params.iter().filter(|param| is(&param.wire, PAGE));
    let page = pages.next().filter(|page| counts(api, &page.value))?;
    let mut sizes: Vec<_> = operation.query_params.iter().filter(|param| is(&param.wire, SIZE)).collect();
    sizes.sort_by_key(|size| size.deprecated);
    if sizes.is_empty() {
        return None;
    }
    let paging = Paging {
        page: page.wire.clone(),
        sizes: sizes.into_iter().map(|size| size.wire.clone()).collect(),
        first: first(api, page),
        ..Paging::default()
    };
    Some(body(api, operation).and_then(|body| within(api, &body, paging)))
}

/// The number of the first page: what the contract takes by default, or asks for at least.
fn first(api: &Api, page: &Param) -> Option<i64> {
    let default = page.default.as_ref().and_then(serde_json::Value::as_i64);
    let least =
        api.resolve(&page.value).rules.minimum.filter(|least| matches!(least, Number::Integer(0 | 1)));
    default.or_else(|| least.map(|least| i64::from(least > Number::Integer(0))))
}

/// What the only success that holds something does; one that holds nothing is the end of the list.
fn body(api: &Api, operation: &Operation) -> Result<Use, String> {
    let mut successes = operation.successes().filter(|success| !success.content.is_empty());
    let (Some(success), None) = (successes.next(), successes.next()) else {
        return Err("there is not exactly one success that holds something".to_owned());
    };
    match &success.content[..] {
        [only] => match &only.payload {
            Payload::Json(body) => Ok(api.resolve(body)),
            _ => Err(format!("it answers with `{}`", only.media_type)),
        },
        _ => Err("there is not exactly one media type of the answer".to_owned()),
    }
}

/// Completes what is known by what the body says.
fn within(api: &Api, body: &Use, mut paging: Paging) -> Result<Paging, String> {
    let object = match &body.ty {
        Ty::Array(_) if !body.nullable => return Ok(paging),
        Ty::Named(id) => match api.get(id).map(|def| &def.kind) {
            Some(Kind::Struct(object)) if !body.nullable => object,
            _ => return Err(format!("{} is neither a list nor an object", described(api, id))),
        },
        _ => return Err("what it answers with is neither a list nor an object with members".to_owned()),
    };
    paging.stated_pages = stating(api, object, PAGE);
    paging.stated_sizes = stating(api, object, SIZE);
    paging.totals = stating(api, object, TOTAL);
    let lists: Vec<&str> =
        object.fields.iter().filter(|field| is_list(api, field)).map(|field| field.wire.as_str()).collect();
    if paging.stated_pages.is_empty() && paging.totals.is_empty() {
        return Err("the answer says neither which page it is nor how many items there are".to_owned());
    }
    match lists[..] {
        [items] => {
            paging.items = Some(items.to_owned());
            Ok(paging)
        }
        [] => Err("no member of the answer is a list".to_owned()),
        _ => Err(format!("several members of the answer are lists: `{}`", lists.join("`, `"))),
    }
}

/// The members that state a number and are called one of these.
fn stating(api: &Api, object: &Struct, names: &[&str]) -> Vec<String> {
    let fields = object.fields.iter().filter(|field| is(&field.wire, names) && counts(api, &field.value));
    fields.filter(|field| !field.boxed).map(|field| field.wire.clone()).collect()
}

fn is_list(api: &Api, field: &Field) -> bool {
    matches!(api.resolve(&field.value).ty, Ty::Array(_)) && !field.boxed
}

/// Whether a value is a whole number, or text that may hold one.
fn counts(api: &Api, used: &Use) -> bool {
    let used = api.resolve(used);
    match used.ty {
        Ty::Int32 | Ty::Int64 => true,
        Ty::String => used.rules.is_empty(),
        _ => false,
    }
}

/// Whether a name is one of these, whatever its case and separators.
fn is(wire: &str, names: &[&str]) -> bool {
    let bare: String =
        wire.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect();
    names.contains(&bare.as_str())
}
