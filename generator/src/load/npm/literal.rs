//! The value that an expression of literals stands for, as JSON.
//!
//! As `JSON.stringify` sees it: members that are undefined are left out, elements become null, a
//! later member of the same name wins.

use crate::load::yaml::{MAX_COPIES, MAX_DEPTH};
use oxc_ast::ast::{
    ArrayExpressionElement, Expression, ObjectProperty, ObjectPropertyKind, PropertyKey, PropertyKind,
    TemplateLiteral, UnaryExpression, UnaryOperator,
};
use oxc_span::{GetSpan, Span};
use serde_json::{Map, Number, Value};
use std::collections::HashMap;

/// What is no literal, and where.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) span: Span,
    pub(super) message: String,
    /// The keys that lead there, the innermost first.
    pub(super) path: Vec<String>,
}

/// A value; `None` is `undefined`.
pub(super) type Evaluated = Result<Option<Value>, Refused>;

/// A value that has a name, with its number of nodes and levels.
struct Bound {
    value: Option<Value>,
    size: usize,
    depth: usize,
}

/// The variables of a module so far.
#[derive(Default)]
pub(super) struct Variables {
    bound: HashMap<String, Bound>,
    copies: usize,
}

pub(super) fn refuse<T>(span: Span, message: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { span, message: message.into(), path: Vec::new() })
}

impl Variables {
    /// Gives a value its name.
    pub(super) fn bind(&mut self, name: &str, span: Span, value: Option<Value>) -> Result<(), Refused> {
        let (size, depth) = value.as_ref().map_or((1, 0), measure);
        if self.bound.insert(name.to_owned(), Bound { value, size, depth }).is_some() {
            return refuse(span, format!("`{name}` is declared twice"));
        }
        Ok(())
    }

    /// The value of a variable, below `above` other levels.
    pub(super) fn named(&mut self, name: &str, span: Span, above: usize) -> Evaluated {
        if name == "undefined" {
            return Ok(None);
        }
        let Some(bound) = self.bound.get(name) else {
            return refuse(span, format!("`{name}` is not the name of a literal before it"));
        };
        self.copies += bound.size;
        if self.copies > MAX_COPIES {
            return refuse(span, format!("variables add more than {MAX_COPIES} values"));
        }
        if above + bound.depth > MAX_DEPTH {
            return too_deep(span);
        }
        Ok(bound.value.clone())
    }

    /// The value of an expression, below `above` other levels.
    pub(super) fn evaluate(&mut self, expression: &Expression<'_>, above: usize) -> Evaluated {
        let span = expression.span();
        if above > MAX_DEPTH {
            return too_deep(span);
        }
        match expression {
            Expression::NullLiteral(_) => Ok(Some(Value::Null)),
            Expression::BooleanLiteral(literal) => Ok(Some(Value::Bool(literal.value))),
            Expression::NumericLiteral(literal) => number(literal.value, span),
            Expression::StringLiteral(literal) if literal.lone_surrogates => lone(span),
            Expression::StringLiteral(literal) => Ok(Some(Value::String(literal.value.to_string()))),
            Expression::TemplateLiteral(template) => text(template),
            Expression::UnaryExpression(unary) => self.unary(unary, above),
            Expression::ParenthesizedExpression(inner) => self.evaluate(&inner.expression, above + 1),
            Expression::Identifier(name) => self.named(&name.name, span, above),
            Expression::ArrayExpression(array) => self.array(&array.elements, above),
            Expression::ObjectExpression(object) => self.object(&object.properties, above),
            other => refuse(span, format!("{} stands where a literal is expected", kind(other))),
        }
    }

    fn unary(&mut self, unary: &UnaryExpression<'_>, above: usize) -> Evaluated {
        let value = self.evaluate(&unary.argument, above + 1)?;
        match (unary.operator, &unary.argument, &value) {
            (UnaryOperator::Void, ..) => Ok(None),
            (UnaryOperator::LogicalNot, ..) => Ok(Some(Value::Bool(!truth(value.as_ref())))),
            (UnaryOperator::UnaryNegation, Expression::NumericLiteral(literal), _) => {
                number(-literal.value, unary.span)
            }
            (UnaryOperator::UnaryPlus, _, Some(Value::Number(_))) => Ok(value),
            (operator, ..) => {
                refuse(unary.span, format!("`{}` of something else than a number", operator.as_str()))
            }
        }
    }

    fn array(&mut self, elements: &[ArrayExpressionElement<'_>], above: usize) -> Evaluated {
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            let index = values.len();
            match element {
                ArrayExpressionElement::SpreadElement(spread) => {
                    match self.evaluate(&spread.argument, above).map_err(|e| e.below(index))? {
                        Some(Value::Array(more)) => values.extend(more),
                        _ => return refuse(spread.span, "`...` of something else than an array in an array"),
                    }
                }
                ArrayExpressionElement::Elision(hole) => {
                    return refuse(hole.span, "an array with a hole; a literal is expected");
                }
                other => {
                    // All other kinds of elements are expressions.
                    let Some(expression) = other.as_expression() else { continue };
                    let value = self.evaluate(expression, above + 1).map_err(|e| e.below(index))?;
                    values.push(value.unwrap_or(Value::Null));
                }
            }
        }
        Ok(Some(Value::Array(values)))
    }

    fn object(&mut self, properties: &[ObjectPropertyKind<'_>], above: usize) -> Evaluated {
        let mut map = Map::with_capacity(properties.len());
        for property in properties {
            match property {
                ObjectPropertyKind::SpreadProperty(spread) => {
                    match self.evaluate(&spread.argument, above).map_err(|e| e.below("..."))? {
                        Some(Value::Object(more)) => map.extend(more),
                        _ => {
                            return refuse(
                                spread.span,
                                "`...` of something else than an object in an object",
                            );
                        }
                    }
                }
                ObjectPropertyKind::ObjectProperty(property) => {
                    let name = self.key(property, above)?;
                    let value = self.evaluate(&property.value, above + 1).map_err(|e| e.below(&name))?;
                    match value {
                        Some(value) => drop(map.insert(name, value)),
                        None => drop(map.shift_remove(&name)),
                    }
                }
            }
        }
        Ok(Some(Value::Object(map)))
    }

    fn key(&mut self, property: &ObjectProperty<'_>, above: usize) -> Result<String, Refused> {
        if property.kind != PropertyKind::Init || property.method {
            return refuse(property.span, "a function stands where a literal is expected");
        }
        let span = property.key.span();
        let name = match &property.key {
            PropertyKey::StaticIdentifier(name) => name.name.to_string(),
            other => {
                match other.as_expression().map(|key| self.evaluate(key, above + 1)).transpose()?.flatten() {
                    Some(Value::String(name)) => name,
                    Some(Value::Number(number)) if number.is_i64() || number.is_u64() => number.to_string(),
                    _ => return refuse(span, "a key that is neither a string nor a whole number"),
                }
            }
        };
        // Written so it is no member but the prototype of the object.
        if name == "__proto__" && !property.computed && !property.shorthand {
            return refuse(span, "`__proto__` stands where the name of a member is expected");
        }
        Ok(name)
    }
}

impl Refused {
    fn below(mut self, key: impl ToString) -> Self {
        self.path.push(key.to_string());
        self
    }
}

fn too_deep<T>(span: Span) -> Result<T, Refused> {
    refuse(span, format!("nested deeper than {MAX_DEPTH} levels"))
}

fn lone<T>(span: Span) -> Result<T, Refused> {
    refuse(span, "half of a surrogate pair, which is no Unicode text")
}

/// A number as JSON has it: without a fraction where it has none.
fn number(value: f64, span: Span) -> Evaluated {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        // In range and without a fraction: the cast is exact.
        return Ok(Some((value as i64).into()));
    }
    match Number::from_f64(value) {
        Some(number) => Ok(Some(Value::Number(number))),
        None => refuse(span, "a number that JSON does not have"),
    }
}

/// The text of a template without expressions.
fn text(template: &TemplateLiteral<'_>) -> Evaluated {
    match (template.expressions.first(), template.quasis.first()) {
        (None, Some(only)) if only.lone_surrogates => lone(template.span),
        (None, Some(only)) => match &only.value.cooked {
            Some(text) => Ok(Some(Value::String(text.to_string()))),
            None => refuse(template.span, "an escape that is not known"),
        },
        (Some(expression), _) => refuse(expression.span(), "a template with an expression in it"),
        (None, None) => Ok(Some(Value::String(String::new()))),
    }
}

fn truth(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(value)) => *value,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(_) | Value::Object(_)) => true,
    }
}

/// Nodes and levels of a value, whose depth is bounded.
fn measure(value: &Value) -> (usize, usize) {
    let children: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(map) => Box::new(map.values()),
        _ => return (1, 0),
    };
    let (size, depth) = children.map(measure).fold((1, 0), |(s, d), (size, depth)| (s + size, d.max(depth)));
    (size, depth + 1)
}

/// What people call an expression.
fn kind(expression: &Expression<'_>) -> &'static str {
    match expression {
        Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_) => "a function",
        Expression::CallExpression(_) | Expression::NewExpression(_) | Expression::ImportExpression(_) => {
            "a call"
        }
        Expression::BigIntLiteral(_) => "a BigInt",
        Expression::RegExpLiteral(_) => "a regular expression",
        Expression::TaggedTemplateExpression(_) => "a tagged template",
        Expression::BinaryExpression(_)
        | Expression::LogicalExpression(_)
        | Expression::ConditionalExpression(_)
        | Expression::SequenceExpression(_) => "a computation",
        Expression::AssignmentExpression(_) | Expression::UpdateExpression(_) => "an assignment",
        Expression::ClassExpression(_) => "a class",
        expression if expression.is_member_expression() => "an access to a member",
        _ => "an expression",
    }
}
