//! Parameters that are more than a text or a list: joined in other ways, objects, JSON documents.

use super::decode::Decoder;
use super::params::Text;
use crate::RequestPart;
use meshery_types::wire::{self, Decode, DecodeError, Param, Rule, Rules, Violation};
use serde_json::{Map, Value};

/// What a text stands for in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// A string.
    Text,
    /// A number.
    Number,
    /// A boolean.
    Flag,
}

impl Scalar {
    /// The value of a text; the text itself where it stands for no such value, which then breaks
    /// the rule on its type.
    fn value(self, text: String) -> Value {
        let read: Option<Value> = match self {
            Self::Text => None,
            Self::Number => serde_json::from_str(&text).ok().filter(Value::is_number),
            Self::Flag => text.parse().ok().map(Value::Bool),
        };
        read.unwrap_or(Value::String(text))
    }
}

/// The members of an object, by name, each with whether it is a list; and what the others are.
type Members<'m> = (&'m [Member], Kind);
type Member = (&'static str, Kind);
/// What a member is, and whether it is a list of such.
type Kind = (Scalar, bool);

impl Decoder<'_> {
    /// A parameter that is an array in one text. `None` inside: it is not there.
    pub(crate) fn joined<T: Param>(
        &mut self,
        part: RequestPart,
        name: &'static str,
        separator: char,
        rules: &'static Rules,
    ) -> Option<Option<Vec<T>>> {
        let Some(text) = self.text_of(part, name)? else { return Some(None) };
        match wire::parse_all(text.split(separator), rules) {
            Ok(items) => Some(Some(items)),
            Err(violations) => {
                self.record_all(part, name, violations);
                None
            }
        }
    }

    /// A parameter that is a JSON document.
    pub(crate) fn json_param<T: Decode>(
        &mut self,
        part: RequestPart,
        name: &'static str,
        rules: &'static Rules,
    ) -> Option<Option<T>> {
        let Some(text) = self.text_of(part, name)? else { return Some(None) };
        let read = wire::from_slice(text.as_bytes(), rules, self.options());
        self.understood(part, name, read).map(Some)
    }

    /// A parameter that is an object, each member in a pair of its own: `name[member]=value`.
    pub(crate) fn object<T: Decode>(
        &mut self,
        part: RequestPart,
        name: &'static str,
        (members, others): Members<'_>,
        rules: &'static Rules,
    ) -> Option<Option<T>> {
        let pairs = self.members_of(name);
        self.put_together(part, name, pairs, (members, others), rules)
    }

    /// A parameter that is an object, each member a parameter of its own: `member=value`. Without
    /// `others` it has only the members that it names.
    pub(crate) fn spread<T: Decode>(
        &mut self,
        part: RequestPart,
        name: &'static str,
        (members, others): (&[Member], Option<Kind>),
        rules: &'static Rules,
    ) -> Option<Option<T>> {
        let known: Vec<_> = members.iter().map(|(member, _)| *member).collect();
        let pairs = self.spread_of(&known, others.is_some());
        self.put_together(part, name, pairs, (members, others.unwrap_or((Scalar::Text, false))), rules)
    }

    fn put_together<T: Decode>(
        &mut self,
        part: RequestPart,
        name: &'static str,
        pairs: Vec<(String, Text<'_>)>,
        (members, others): Members<'_>,
        rules: &'static Rules,
    ) -> Option<Option<T>> {
        if pairs.is_empty() {
            return Some(None);
        }
        let mut object = Map::new();
        for (member, text) in pairs {
            let Some(text) = text else { return self.not_text(part, name) };
            let known = members.iter().find(|(known, _)| *known == member);
            let (scalar, list) = known.map_or(others, |(_, kind)| *kind);
            let value = scalar.value(text.into_owned());
            match object.get_mut(&member) {
                None => drop(object.insert(member, if list { Value::Array(vec![value]) } else { value })),
                Some(Value::Array(values)) if list => values.push(value),
                Some(_) => return self.repeated(part, name),
            }
        }
        let read = wire::from_value(&Value::Object(object), rules, self.options());
        self.understood(part, name, read).map(Some)
    }

    /// A parameter that must be there.
    pub(crate) fn there<T>(
        &mut self,
        part: RequestPart,
        name: &'static str,
        found: Option<Option<T>>,
    ) -> Option<T> {
        match found? {
            Some(value) => Some(value),
            None => self.missing(part, name),
        }
    }

    fn understood<T>(
        &mut self,
        part: RequestPart,
        name: &'static str,
        read: Result<T, DecodeError>,
    ) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(DecodeError::Syntax { .. }) => {
                self.record(part, name, Violation::new(Rule::Type, Some("JSON".to_owned())));
                None
            }
            Err(DecodeError::Invalid(violations)) => {
                self.record_all(part, name, violations);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scalar;
    use crate::request::{Decoder, Input};
    use crate::{OperationInfo, RequestPart};
    use http::{Method, Request};
    use meshery_types::wire::{self, ANY};
    use serde_json::{Value, json};
    use std::sync::LazyLock;

    static INFO: LazyLock<OperationInfo> = LazyLock::new(|| OperationInfo {
        query: &["filter", "sort", "where"],
        ..OperationInfo::new("getThings", Method::GET, "/things")
    });

    fn decoded<T>(query: &str, read: impl FnOnce(&mut Decoder<'_>) -> Option<T>) -> Option<T> {
        let request = Request::builder().uri(format!("/things?{query}")).body(()).unwrap();
        let head = request.into_parts().0;
        let input = Input {
            body: Default::default(),
            reject_unknown_members: true,
            max_violations: 9,
            longest_value: 99,
        };
        let mut decoder = Decoder::new(&INFO, &head, input);
        let read = read(&mut decoder);
        decoder.finish(read).ok()
    }

    #[test]
    fn objects_are_put_together_of_pairs() {
        let members = [
            ("size", (Scalar::Number, false)),
            ("on", (Scalar::Flag, false)),
            ("tags", (Scalar::Text, true)),
        ];
        let object = |query: &str| {
            decoded(query, |decoder| {
                let kinds = (&members[..], (Scalar::Text, false));
                decoder.object::<wire::Map<String, Value>>(RequestPart::Query, "filter", kinds, &ANY)
            })
        };
        let found =
            object("filter[size]=5&filter%5Bon%5D=true&filter[tags]=a&filter[tags][]=b&filter[x]=7&other=1");
        let expected = json!({"size": 5, "on": true, "tags": ["a", "b"], "x": "7"});
        assert_eq!(Value::Object(found.unwrap().unwrap()), expected);
        assert_eq!(object("other=1"), Some(None));
        assert_eq!(object("filter[size]=5&filter[size]=6"), None);
    }

    #[test]
    fn members_that_are_parameters_of_their_own() {
        let members = [("size", (Scalar::Number, false)), ("tags", (Scalar::Text, true))];
        let object = |query: &str, others: Option<(Scalar, bool)>| {
            decoded(query, |decoder| {
                let kinds = (&members[..], others);
                decoder.spread::<wire::Map<String, Value>>(RequestPart::Query, "filter", kinds, &ANY)
            })
        };
        let query = "size=5&tags=a&tags=b&x=7&sort=1";
        let found = |others| Value::Object(object(query, others).unwrap().unwrap());
        assert_eq!(found(None), json!({"size": 5, "tags": ["a", "b"]}));
        let others = Some((Scalar::Text, false));
        assert_eq!(found(others), json!({"size": 5, "tags": ["a", "b"], "x": "7"}));
        assert_eq!(object("x=1", None), Some(None));
        assert_eq!(object("size=5&size=6", None), None);
    }

    #[test]
    fn lists_are_split_and_documents_read() {
        let list =
            |query| decoded(query, |decoder| decoder.joined::<i64>(RequestPart::Query, "sort", '|', &ANY));
        assert_eq!(list("sort=1%7C2|3"), Some(Some(vec![1, 2, 3])));
        assert_eq!(list("sort=1,2"), None);
        let json = |query| {
            decoded(query, |decoder| decoder.json_param::<Vec<i64>>(RequestPart::Query, "where", &ANY))
        };
        assert_eq!(json("where=[1,2]"), Some(Some(vec![1, 2])));
        assert_eq!(json("where=[1,"), None);
        assert_eq!(json("x=1"), Some(None));
    }
}
