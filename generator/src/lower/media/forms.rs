//! Forms: the parts of a multipart body, and the pairs of a URL-encoded one.

use super::{Form, NOTHING, URLENCODED, form};
use crate::ir::{Field, Kind, Param, Part, PartKind, Payload, Struct, Ty, TypeId, Use, Writing};
use crate::lower::schema::{JsonType, Node};
use crate::lower::slot::Slot;
use crate::lower::{Lowering, Whose};
use crate::media::essence;

impl<'a> Lowering<'a> {
    /// The parts of a multipart form or the pairs of a URL-encoded one: members of an object.
    pub(super) fn parts(
        &mut self,
        form: Form,
        node: &Node<'a>,
        slot: &Slot,
    ) -> Option<(Payload, Option<TypeId>)> {
        let schema = node.get("schema").unwrap_or_else(|| node.child("schema", &NOTHING));
        let used = self.value(std::slice::from_ref(&schema), slot).used;
        let opaque = self.whose == Whose::Anybodys && form == Form::Pairs;
        let mut members = self.members_of(&used);
        if form == Form::Pairs {
            let fields = members.iter_mut().flat_map(|(_, fields)| fields);
            for field in fields.filter(|field| field.value.ty == Ty::Json) {
                field.value.ty = Ty::String;
            }
        }
        let plain = |fields: &[Field]| fields.iter().all(|field| self.is_text(&field.value, true));
        if opaque && !members.as_ref().is_some_and(|(_, fields)| plain(fields)) {
            return self.opaque(URLENCODED, &node.at, "has no form here but for scalars and lists of them");
        }
        let Some((id, fields)) = members else {
            self.no_media(&schema.at, "a form needs a schema that is an object with members".to_owned());
            return None;
        };
        let mut fields = fields.into_iter().map(|field| self.without_null(field)).collect::<Vec<_>>();
        if self.whose == Whose::Anybodys {
            // Such a form goes with requests only.
            fields.iter_mut().for_each(|field| field.required &= !field.read_only);
        }
        let payload = if form == Form::Multipart {
            let kinds: Vec<_> = fields.iter().map(|field| self.part_kind(node, &schema, field)).collect();
            let parts = fields.into_iter().zip(kinds).map(|(field, kind)| Part { field, kind });
            Payload::Multipart(parts.collect())
        } else {
            let pairs: Vec<_> = fields.into_iter().map(|field| self.pair(node, field)).collect();
            if let Some(pair) = pairs.iter().find(|pair| !self.is_text(&pair.value, true)) {
                self.no_media(
                    &schema.at,
                    format!("`{}` is neither a scalar nor a list of scalars", pair.wire),
                );
            }
            Payload::Form(pairs)
        };
        Some((payload, Some(id)))
    }

    /// A member of a form: where it is text, it is not `null`, and where it may be anything, it is text.
    fn without_null(&self, mut field: Field) -> Field {
        if self.is_text(&field.value, true) {
            field.value = self.written(field.value);
        }
        field
    }

    pub(in crate::lower) fn members_of(&self, used: &Use) -> Option<(TypeId, Vec<Field>)> {
        let Ty::Named(id) = &self.unaliased(used).ty else { return None };
        match &self.types.get(id)?.kind {
            Kind::Struct(Struct { fields, .. }) => Some((id.clone(), fields.clone())),
            _ => None,
        }
    }

    /// How a part is written: as its media type says, or by its schema. Several values are parts of
    /// one name, unless they are one JSON document.
    fn part_kind(&mut self, media: &Node<'a>, schema: &Node<'a>, field: &Field) -> PartKind {
        let kind = if self.is_file(schema, field) {
            PartKind::File
        } else if self.is_text(&field.value, true) {
            PartKind::Text
        } else {
            PartKind::Json
        };
        let encoding = media.get("encoding").and_then(|all| all.get(&field.wire));
        let Some((encoding, stated)) = encoding.as_ref().and_then(|e| Some((e, e.text("contentType")?)))
        else {
            return kind;
        };
        let all = |wanted: Form| stated.split(',').all(|one| form(&essence(one)) == wanted);
        match kind {
            PartKind::File => kind,
            _ if all(Form::Json) => PartKind::Json,
            PartKind::Text if all(Form::Text) => kind,
            _ => {
                let message = format!(
                    "the part `{}` is no file, and is written as JSON, or as text where it is a scalar: not \
                     as `{stated}`",
                    field.wire
                );
                self.no_media(&encoding.at, message);
                kind
            }
        }
    }

    /// Whether a member is a file, or a list of them.
    fn is_file(&mut self, schema: &Node<'a>, field: &Field) -> bool {
        let flat = self.flatten(std::slice::from_ref(schema));
        let nodes = flat.members.get(field.wire.as_str()).cloned().unwrap_or_default();
        let member = self.flatten(&nodes);
        let one = match member.kind {
            Some((JsonType::Array, _)) => self.flatten(&member.items),
            _ => member,
        };
        let file = matches!(one.format, Some(("binary" | "byte", _)));
        if file {
            self.unchecked(&one, true);
        }
        file
    }

    /// A member of a URL-encoded form.
    fn pair(&mut self, media: &Node<'a>, field: Field) -> Param {
        let encoding = media.get("encoding").and_then(|all| all.get(&field.wire));
        let stated = |name: &str| encoding.as_ref().and_then(|encoding| encoding.text(name));
        let plain = stated("contentType").is_none_or(|stated| form(&essence(stated)) == Form::Text);
        if let Some(encoding) =
            encoding.as_ref().filter(|_| !plain || stated("style").is_some_and(|s| s != "form"))
        {
            let message =
                format!("`{}` is written as plain text in the style `form`, not otherwise", field.wire);
            self.no_media(&encoding.at, message);
        }
        Param {
            explode: encoding
                .is_none_or(|encoding| encoding.get("explode").is_none_or(|_| encoding.flag("explode"))),
            wire: field.wire,
            name: field.name,
            required: field.required,
            value: field.value,
            writing: Writing::Plain,
            default: field.default,
            deprecated: field.deprecated,
            docs: field.docs,
        }
    }
}
