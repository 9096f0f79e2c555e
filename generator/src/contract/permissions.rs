//! Permission keys, from upstream's table of them: what each permits, and which roles hold it.
//!
//! The table is kept by people, for people. A row without a key is no fact of ours; one whose key is
//! no id, or that has the key of an earlier row, is told and left out. Sentences stand in it where a
//! name should: such a key has no function here, and goes by its id.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::sources::{Permissions, Sources};
use crate::load::{Documents, csv};
use serde_json::{Map, Value, json};

/// The member of the contract that holds the keys, by id.
pub(crate) const MEMBER: &str = "x-permissions";

/// What is longer, or ends as a sentence does, is no name.
const LONGEST_NAME: usize = 48;

/// The keys of the release, if its table is at hand.
pub(super) fn stated(documents: &Documents, sources: &Sources, found: &mut Diagnostics) -> Option<Value> {
    if let Some(known) = documents.permissions() {
        return Some(known.clone());
    }
    let facts = sources.permissions.as_ref()?;
    let text = documents.text(&facts.file)?;
    let at = |line: usize| Place { line: Some(line), ..Place::new(&facts.file, "") };
    let rows = match csv::rows(text) {
        Ok(rows) => rows,
        Err(line) => {
            found.push(Diagnostic::new(Code::BadPermissions, at(line), "a quote is not closed"));
            return None;
        }
    };
    let Some((head, columns)) =
        rows.iter().enumerate().find_map(|(n, row)| Some((n, Columns::of(row, facts)?)))
    else {
        let help = "the names of columns are in `[permissions]` of schemas/sources.toml";
        let message = format!("no row has all of these columns: {}", Columns::names(facts).join(", "));
        found.push(Diagnostic::new(Code::BadPermissions, Place::new(&facts.file, ""), message).help(help));
        return None;
    };
    let mut keys = Map::new();
    for row in rows.iter().skip(head + 1).filter(|row| !row.cell(columns.key).is_empty()) {
        let id = row.cell(columns.key).to_ascii_lowercase();
        let left_out = match (is_id(&id), keys.contains_key(&id)) {
            (false, _) => format!("`{id}` is no id of a key: the row is left out"),
            (true, true) => format!("the key `{id}` is that of an earlier row: this one is left out"),
            (true, false) => {
                keys.insert(id, columns.key(row, facts));
                continue;
            }
        };
        found.push(Diagnostic::new(Code::OddPermission, at(row.line), left_out));
    }
    Some(Value::Object(keys))
}

/// Where the columns are.
struct Columns {
    theme: usize,
    function: usize,
    key: usize,
    local: usize,
    roles: Vec<usize>,
}

impl Columns {
    fn names(facts: &Permissions) -> Vec<&str> {
        let Permissions { theme, function, key, local, roles, .. } = facts;
        [theme, function, key, local].into_iter().chain(roles).map(String::as_str).collect()
    }

    /// The columns, if `row` names all of them.
    fn of(row: &csv::Row, facts: &Permissions) -> Option<Self> {
        let at = |name: &String| row.cells.iter().position(|cell| cell == name);
        Some(Self {
            theme: at(&facts.theme)?,
            function: at(&facts.function)?,
            key: at(&facts.key)?,
            local: at(&facts.local)?,
            roles: facts.roles.iter().map(at).collect::<Option<_>>()?,
        })
    }

    /// The facts of one key.
    fn key(&self, row: &csv::Row, facts: &Permissions) -> Value {
        let held = |wanted: &dyn Fn(&str) -> bool| -> Vec<&str> {
            let all = self.roles.iter().zip(&facts.roles);
            all.filter(|(column, _)| wanted(row.cell(**column))).map(|(_, role)| role.as_str()).collect()
        };
        let roles = held(&|cell| cell.eq_ignore_ascii_case(&facts.mark));
        let limited = held(&|cell| {
            let marked =
                cell.get(..facts.mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(&facts.mark));
            marked && cell.len() > facts.mark.len()
        });
        let mut key = Map::new();
        for (member, column) in [("theme", self.theme), ("function", self.function)] {
            let name = row.cell(column);
            if is_name(name) {
                key.insert(member.to_owned(), name.into());
            }
        }
        key.insert("roles".to_owned(), json!(roles));
        if !limited.is_empty() {
            key.insert("limited".to_owned(), json!(limited));
        }
        key.insert("local".to_owned(), row.cell(self.local).eq_ignore_ascii_case(&facts.yes).into());
        Value::Object(key)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= LONGEST_NAME && !text.ends_with('.') && !text.contains('\n')
}

/// A UUID in lower case.
fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// What is wrong with a key of a contract.
pub(super) fn wrong(id: &str, key: &Value) -> Option<&'static str> {
    let names = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
    let fits = |member: &str, fits: &dyn Fn(&Value) -> bool| key.get(member).is_none_or(fits);
    if !is_id(id) {
        return Some("the id of a key is a UUID in lower case");
    }
    if !key.get("local").is_some_and(Value::is_boolean) || !key.get("roles").is_some_and(names) {
        return Some("a key needs `roles`, a list of names, and `local`, true or false");
    }
    let right =
        fits("theme", &Value::is_string) && fits("function", &Value::is_string) && fits("limited", &names);
    (!right).then_some("`theme` and `function` of a key are names, `limited` is a list of names")
}

#[cfg(test)]
mod tests {
    use super::{stated, wrong};
    use crate::diagnostic::Diagnostics;
    use crate::load::sources::Sources;
    use crate::load::{Documents, File, Tree};
    use serde_json::{Value, json};

    const HEAD: &str = ",,,\nTheme (also: Keychain Name),Function,Key ID,Local Provider,Anonymous,User,Team Admin,\
                        Workspace Admin,Org Billing Manager,Org Admin,Provider Admin\n";
    const A: &str = "0b1f3c1e-0000-4000-8000-00000000000a";
    const B: &str = "0b1f3c1e-0000-4000-8000-00000000000b";

    fn read(text: &str) -> (Option<Value>, Diagnostics) {
        let sources = Sources::parse(include_str!("../../../schemas/sources.toml"), "sources.toml").unwrap();
        let files = [("build/permissions.csv".to_owned(), File::new(text.to_owned()))].into();
        let mut found = Diagnostics::new();
        (stated(&Documents::new(Tree { files, ..Tree::default() }), &sources, &mut found), found)
    }

    #[test]
    fn keys_have_names_roles_and_are_local_or_not() {
        let rows = format!(
            "Trees,Plant, {} ,TRUE,,X,X*,,,x,\nTrees,Only planned,,,,,,,,,\n\
             Trees,A tree is felled.,{B},FALSE,,,,,,,X\n",
            A.to_uppercase()
        );
        let (keys, found) = read(&format!("{HEAD}{rows}"));
        assert_eq!(found.iter().count(), 0, "{found}");
        let plant = json!({ "theme": "Trees", "function": "Plant", "roles": ["User", "Org Admin"],
            "limited": ["Team Admin"], "local": true });
        let felled = json!({ "theme": "Trees", "roles": ["Provider Admin"], "local": false });
        assert_eq!(keys, Some(json!({ A: plant, B: felled })));
        assert!(keys.unwrap().as_object().unwrap().iter().all(|(id, key)| wrong(id, key).is_none()));
    }

    #[test]
    fn what_is_no_key_is_told_with_its_line() {
        let rows = format!("Trees,Plant,{A},,,,,,,,\nTrees,Fell,{A},,,,,,,,\nTrees,Burn,0,,,,,,,,\n");
        let (keys, found) = read(&format!("{HEAD}{rows}"));
        assert_eq!(keys.unwrap().as_object().unwrap().len(), 1);
        let told = found.to_string();
        assert!(
            told.contains("that of an earlier row") && told.contains("build/permissions.csv:4"),
            "{told}"
        );
        assert!(told.contains("`0` is no id of a key") && told.contains("build/permissions.csv:5"), "{told}");
        assert!(!found.has_errors());
    }

    #[test]
    fn another_table_is_an_error() {
        let (keys, found) = read("Theme,Function\nTrees,Plant\n");
        assert!(keys.is_none() && found.to_string().contains("no row has all of these columns"), "{found}");
        let (keys, found) = read(&format!("{HEAD}\"Trees"));
        assert!(keys.is_none() && found.to_string().contains("quote is not closed"), "{found}");
    }

    #[test]
    fn a_key_of_a_contract_is_checked() {
        let key = json!({ "theme": "Trees", "roles": [], "local": false });
        assert_eq!(wrong(A, &key), None);
        assert!(wrong("A", &key).is_some() && wrong(&A.to_uppercase(), &key).is_some());
        assert!(wrong(A, &json!({ "roles": [] })).is_some());
        assert!(wrong(A, &json!({ "roles": [1], "local": true })).is_some());
        assert!(wrong(A, &json!({ "theme": 1, "roles": [], "local": true })).is_some());
    }
}
