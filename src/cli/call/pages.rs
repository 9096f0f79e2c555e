//! Every page of a list.

use super::{Args, Operation, request};
use anyhow::{Context, Result, bail};
use meshery_client::Core;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The parameter that chooses a page.
const PAGE: &str = "page";

/// The items of all pages, each page once.
pub(super) async fn all(core: &Core, operation: &Operation, args: &Args) -> Result<Vec<Value>> {
    if !operation.server.query.contains(&PAGE) {
        bail!("{} has no pages", operation.client.id);
    }
    if args.params.iter().any(|(name, _)| name == PAGE) {
        bail!("--all and --param {PAGE}=... exclude each other");
    }
    let mut list = List::default();
    while !list.over {
        let page = list.next.map(|number| (PAGE, number.to_string()));
        let asked = request(core, operation, args, page.as_slice())?;
        list.take(asked.fetch::<Value>().await?.into_body())?;
    }
    Ok(list.items)
}

/// How far a list has been read, by the rules that lists of `meshery_client` go by: see its `Pages`.
#[derive(Default)]
struct List {
    items: Vec<Value>,
    /// The page to ask for; none for the one that the server takes for the first.
    next: Option<u64>,
    /// Whether nothing has said from which number on pages count.
    guessed: bool,
    /// The digests of the pages that were there.
    seen: HashSet<u64>,
    over: bool,
}

impl List {
    /// Takes in the page that was asked for.
    fn take(&mut self, page: Value) -> Result<()> {
        let facts = Facts::of(&page);
        let which = || self.next.map_or("the first page".to_owned(), |number| format!("page {number}"));
        let items = items(page).with_context(|| format!("{} has no list of items", which()))?;
        if items.is_empty() {
            self.over = true;
            return Ok(());
        }
        if !self.seen.insert(digest(&items)) {
            return self.repeated(&facts);
        }
        let length = items.len() as u64;
        self.items.extend(items);
        let whole = facts.total.is_some_and(|total| total <= self.items.len() as u64);
        // A total may lie: a page that is full is not taken for the last.
        self.over = whole && facts.size.is_none_or(|size| length < size);
        let number = match (self.next, facts.page) {
            (Some(number), _) | (None, Some(number)) => number,
            (None, None) => {
                self.guessed = true;
                0
            }
        };
        self.next = Some(number.saturating_add(1));
        Ok(())
    }

    /// A page that was there already: the server counts pages from one, or does not go on.
    fn repeated(&mut self, facts: &Facts) -> Result<()> {
        if self.guessed && self.seen.len() == 1 {
            self.guessed = false;
            self.next = self.next.map(|number| number.saturating_add(1));
            return Ok(());
        }
        let have = self.items.len() as u64;
        if let Some(total) = facts.total.filter(|total| *total > have) {
            bail!("the server gives the same page again: there are {have} items, and it tells of {total}");
        }
        self.over = true;
        Ok(())
    }
}

/// What a page says of itself.
struct Facts {
    page: Option<u64>,
    size: Option<u64>,
    total: Option<u64>,
}

impl Facts {
    fn of(page: &Value) -> Self {
        let none = Map::new();
        let members = page.as_object().unwrap_or(&none);
        // Servers write `totalCount`, `total_count`, or both.
        let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
        let number = |wanted: &str| {
            members.iter().filter(|(name, _)| plain(name) == wanted).find_map(|(_, value)| value.as_u64())
        };
        Self {
            page: number("page"),
            size: number("pagesize").filter(|size| *size > 0),
            total: number("totalcount"),
        }
    }
}

fn digest(items: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    items.iter().for_each(|item| item.to_string().hash(&mut hasher));
    hasher.finish()
}

/// The one list among the members of a page. `null` is what Go writes for an empty one.
fn items(page: Value) -> Option<Vec<Value>> {
    let members = match page {
        Value::Array(items) => return Some(items),
        Value::Object(members) => members,
        _ => return None,
    };
    let mut lists = members.iter().filter_map(|(_, value)| value.as_array());
    let first = lists.next();
    match (first, lists.next()) {
        (Some(items), None) => Some(items.clone()),
        (None, None) => members.values().any(Value::is_null).then(Vec::new),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{List, items};
    use anyhow::Result;
    use serde_json::{Value, json};

    #[test]
    fn the_only_list_of_a_page_is_its_items() {
        assert_eq!(items(json!({ "page": 0, "things": [1, 2] })), Some(vec![json!(1), json!(2)]));
        assert_eq!(items(json!([1])), Some(vec![json!(1)]));
        assert_eq!(items(json!({ "page": 0, "things": null })), Some(vec![]));
        assert_eq!(items(json!({ "things": [1], "others": [2] })), None);
        assert_eq!(items(json!({ "page": 0 })), None);
    }

    /// All items of a server, and how often it was asked.
    fn read(server: impl Fn(Option<u64>) -> Value) -> Result<(Vec<u64>, usize)> {
        let (mut list, mut times) = (List::default(), 0);
        while !list.over {
            assert!(times < 10, "it goes on for ever");
            times += 1;
            list.take(server(list.next))?;
        }
        Ok((list.items.iter().map(|item| item.as_u64().unwrap()).collect(), times))
    }

    const PAGES: [&[u64]; 3] = [&[1, 2], &[3, 4], &[5]];

    /// The page of a server that counts from `first`, and takes what is below for the first.
    fn page(asked: Option<u64>, first: u64) -> &'static [u64] {
        let number = asked.unwrap_or(first).saturating_sub(first);
        PAGES.get(number as usize).copied().unwrap_or_default()
    }

    #[test]
    fn pages_are_read_to_the_last_wherever_they_count_from() {
        for first in [0, 1] {
            let silent = read(|asked| json!({ "things": page(asked, first) })).unwrap();
            assert_eq!(silent.0, [1, 2, 3, 4, 5], "from {first}");
            let told = read(|asked| {
                let number = asked.unwrap_or(first);
                json!({ "page": number, "page_size": 2, "total_count": 5, "things": page(asked, first) })
            });
            assert_eq!(
                told.unwrap(),
                (vec![1, 2, 3, 4, 5], 3),
                "from {first}: it is known which is the last"
            );
        }
    }

    #[test]
    fn a_server_that_goes_round_is_left() {
        let (one, other) = (json!({ "things": [1, 2] }), json!({ "things": [3, 4] }));
        let round = |asked: Option<u64>| {
            if asked.unwrap_or(0).is_multiple_of(2) { one.clone() } else { other.clone() }
        };
        assert_eq!(read(round).unwrap().0, [1, 2, 3, 4]);
        assert_eq!(read(|_| one.clone()).unwrap().0, [1, 2], "it knows no pages");
        let more = read(|_| json!({ "totalCount": 9, "things": [1, 2] })).unwrap_err().to_string();
        assert!(more.contains("2 items, and it tells of 9"), "{more}");
        // A total that lies is not believed while pages are full.
        let small = read(|asked| json!({ "pageSize": 2, "totalCount": 2, "things": page(asked, 0) }));
        assert_eq!(small.unwrap().0, [1, 2, 3, 4, 5]);
    }
}
