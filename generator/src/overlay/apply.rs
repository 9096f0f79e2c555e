//! One action on a document.

use super::{Action, Change, Overlay};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::reference::tokens;
use serde_json::Value;

/// Applies an action, or says why it changes nothing.
pub(super) fn action(
    overlay: &Overlay,
    index: usize,
    action: &Action,
    document: &mut Value,
    release: &str,
    found: &mut Diagnostics,
) {
    let place = Place::new(&overlay.file, format!("/actions/{index}"));
    let nodes = action.path.query_located(document);
    let mut pointers: Vec<String> = nodes.locations().map(|path| path.to_json_pointer()).collect();
    pointers.dedup();
    if pointers.is_empty() {
        return found.push(stale(action, place, release, "matches nothing"));
    }
    // From the last to the first, so that removing an element does not move those still to go.
    pointers.sort_by_key(|pointer| {
        tokens(pointer).map(|t| t.iter().map(|t| (t.parse::<usize>().ok(), t.clone())).collect::<Vec<_>>())
    });
    let mut changed = false;
    for pointer in pointers.iter().rev() {
        let Some(node @ (Value::Object(_) | Value::Array(_))) = document.pointer_mut(pointer) else {
            let message =
                format!("`{}` is a plain value: the target must be an object or an array", action.target);
            let finding = Diagnostic::new(Code::BadOverlay, place, message);
            return found.push(finding.help("select the object that holds it"));
        };
        changed |= match &action.change {
            Change::Remove => remove(document, pointer),
            Change::Update(update) => merge(node, update),
        };
    }
    if !changed {
        found.push(stale(action, place, release, "changes nothing"));
    }
}

fn stale(action: &Action, place: Place, release: &str, how: &str) -> Diagnostic {
    let target = &action.target;
    if action.verified.iter().any(|verified| verified == release) {
        let message = format!("the target `{target}` {how} in {release}, for which it was verified");
        Diagnostic::new(Code::StaleOverlay, place, message)
            .help("take the action or the release away, or mend the target")
    } else {
        let message = format!("the target `{target}` {how} in {release}, for which nobody has verified it");
        Diagnostic::new(Code::UnverifiedOverlay, place, message)
            .help("if upstream has mended its mistake, let the action end with the older releases")
    }
}

/// Merges as the specification asks: objects member by member, arrays by appending, anything else
/// by replacing. Says whether that changed something.
fn merge(node: &mut Value, update: &Value) -> bool {
    match (node, update) {
        (Value::Object(members), Value::Object(updates)) => {
            let mut changed = false;
            for (name, update) in updates {
                match members.get_mut(name) {
                    Some(member) => changed |= merge(member, update),
                    None => {
                        members.insert(name.clone(), update.clone());
                        changed = true;
                    }
                }
            }
            changed
        }
        (Value::Array(elements), Value::Array(updates)) => {
            elements.extend(updates.iter().cloned());
            !updates.is_empty()
        }
        (Value::Array(elements), update) => {
            elements.push(update.clone());
            true
        }
        (node, update) => {
            let changed = node != update;
            node.clone_from(update);
            changed
        }
    }
}

fn remove(document: &mut Value, pointer: &str) -> bool {
    let Some((parent, token)) = pointer.rsplit_once('/') else { return false };
    let token = token.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent) {
        Some(Value::Object(members)) => members.shift_remove(&token).is_some(),
        Some(Value::Array(elements)) => match token.parse::<usize>() {
            Ok(index) if index < elements.len() => {
                elements.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Code, Diagnostics};
    use crate::overlay::Overlay;
    use serde_json::{Value, json};

    fn applied(actions: &Value, mut document: Value, release: &str) -> (Value, Vec<Code>) {
        let text =
            json!({ "overlay": "1.0.0", "info": { "title": "t", "version": "1" }, "actions": actions });
        let overlay = Overlay::parse(&text.to_string(), "overlay.yml").unwrap();
        let mut found = Diagnostics::new();
        overlay.apply(&mut document, release, &mut found);
        (document, found.iter().map(|d| d.code).collect())
    }

    fn action(target: &str, change: (&str, Value)) -> Value {
        let mut action = json!({ "target": target, "x-reason": "wrong", "x-verified": ["v1.0.0"] });
        action[change.0] = change.1;
        json!([action])
    }

    #[test]
    fn updates_merge_objects_append_to_arrays_and_replace_the_rest() {
        let actions = action("$.a", ("update", json!({ "b": { "c": 2 }, "d": [3], "e": 4 })));
        let (document, codes) =
            applied(&actions, json!({ "a": { "b": { "c": 1, "x": 0 }, "d": [1] } }), "v1.0.0");
        assert_eq!(document, json!({ "a": { "b": { "c": 2, "x": 0 }, "d": [1, 3], "e": 4 } }));
        assert_eq!(codes, []);
        let (document, _) = applied(&action("$.a", ("update", json!(2))), json!({ "a": [1] }), "v1.0.0");
        assert_eq!(document, json!({ "a": [1, 2] }));
    }

    #[test]
    fn every_match_is_removed() {
        let elements: Vec<Value> = (0..13).map(|n| json!({ "n": n })).collect();
        let actions = action("$.a[?@.n > 1]", ("remove", json!(true)));
        let (document, _) = applied(&actions, json!({ "a": elements }), "v1.0.0");
        assert_eq!(document, json!({ "a": [{ "n": 0 }, { "n": 1 }] }));
    }

    #[test]
    fn what_changes_nothing_is_stale_where_it_was_verified() {
        let actions = action("$.a", ("update", json!({ "b": 1 })));
        for document in [json!({}), json!({ "a": { "b": 1 } })] {
            assert_eq!(applied(&actions, document.clone(), "v1.0.0").1, [Code::StaleOverlay]);
            assert_eq!(applied(&actions, document, "v2.0.0").1, [Code::UnverifiedOverlay]);
        }
    }

    #[test]
    fn plain_values_are_no_targets() {
        for change in [("update", json!({ "b": 1 })), ("remove", json!(true))] {
            assert_eq!(applied(&action("$.a", change), json!({ "a": 1 }), "v1.0.0").1, [Code::BadOverlay]);
        }
    }
}
