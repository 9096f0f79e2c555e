//! A JavaScript module that does nothing but export a literal, as a JSON value.

use super::literal::{Evaluated, Refused, Variables, refuse};
use super::nesting;
use crate::diagnostic::{Code, Diagnostic, Place};
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    AssignmentExpression, AssignmentTarget, BindingPattern, ExportDefaultDeclarationKind,
    ExportNamedDeclaration, Expression, ModuleExportName, Statement, VariableDeclaration,
};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};
use serde_json::Value;

/// Stack for parser and evaluation, many times what [`nesting`] lets them need.
const STACK: usize = 64 << 20;
/// How much of the text a finding shows.
const SHOWN: usize = 40;

/// The value that the module with that text exports: `module.exports = ...`, `export default ...`
/// or `export { ... as default }`, of literals and of variables that name literals.
///
/// `Err` is a [`Code::NotALiteral`] with the line, the column and what stands there.
pub(super) fn document(text: &str, name: &str) -> Result<Value, Diagnostic> {
    nesting::check(text).map_err(|(at, found)| {
        let message = format!("{found} stands where a literal is expected");
        finding(text, name, at, &message, &[])
    })?;
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK);
        let done = worker.spawn_scoped(scope, || parsed(text, name)).map(std::thread::ScopedJoinHandle::join);
        done.ok().and_then(Result::ok)
    })
    .unwrap_or_else(|| Err(finding(text, name, 0, "the parser failed", &[])))
}

fn parsed(text: &str, name: &str) -> Result<Value, Diagnostic> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::unambiguous()).parse();
    if let Some(error) = parsed.diagnostics.first() {
        let at = error.labels.first().map_or(0, |label| label.offset() as usize);
        let message = format!("this is not JavaScript: {}", error.message);
        return Err(finding(text, name, at, &message, &[]));
    }
    let mut module = Module::default();
    let read = parsed.program.body.iter().try_for_each(|statement| module.statement(statement));
    let exported = read.and_then(|()| match module.exported.take() {
        Some(value) => Ok(value),
        None => refuse(
            Span::new(0, 0),
            "nothing is exported; expected `module.exports = ...` or `export default ...`",
        ),
    });
    exported.map_err(|refused| {
        let path: Vec<_> = refused.path.iter().rev().map(String::as_str).collect();
        finding(text, name, refused.span.start as usize, &refused.message, &path)
    })
}

#[derive(Default)]
struct Module {
    variables: Variables,
    exported: Option<Value>,
}

impl Module {
    fn statement(&mut self, statement: &Statement<'_>) -> Result<(), Refused> {
        match statement {
            Statement::EmptyStatement(_) => Ok(()),
            Statement::VariableDeclaration(declaration) => self.declare(declaration),
            Statement::ExpressionStatement(statement) => match &statement.expression {
                Expression::AssignmentExpression(assignment) => self.assign(assignment),
                other => refuse(other.span(), "a statement that is neither a declaration nor an export"),
            },
            Statement::ExportDefaultDeclaration(export) => self.export_default(&export.declaration),
            Statement::ExportNamedDeclaration(export) => self.named(export),
            other => refuse(other.span(), "a statement that is neither a declaration nor an export"),
        }
    }

    fn declare(&mut self, declaration: &VariableDeclaration<'_>) -> Result<(), Refused> {
        for declarator in &declaration.declarations {
            let BindingPattern::BindingIdentifier(name) = &declarator.id else {
                return refuse(declarator.id.span(), "a pattern stands where a name is expected");
            };
            let value = declarator.init.as_ref().map_or(Ok(None), |init| self.variables.evaluate(init, 0))?;
            self.variables.bind(&name.name, name.span, value)?;
        }
        Ok(())
    }

    fn assign(&mut self, assignment: &AssignmentExpression<'_>) -> Result<(), Refused> {
        let target = match &assignment.left {
            AssignmentTarget::StaticMemberExpression(member) => match &member.object {
                Expression::Identifier(object) => Some((object.name.as_str(), member.property.name.as_str())),
                _ => None,
            },
            _ => None,
        };
        if !matches!(target, Some(("module", "exports") | ("exports", "default")))
            || !assignment.operator.is_assign()
        {
            return refuse(assignment.span, "an assignment to something else than `module.exports`");
        }
        let value = self.variables.evaluate(&assignment.right, 0);
        self.export(value, assignment.span)
    }

    fn export_default(&mut self, declaration: &ExportDefaultDeclarationKind<'_>) -> Result<(), Refused> {
        let span = declaration.span();
        let Some(expression) = declaration.as_expression() else {
            return refuse(span, "a function or class stands where a literal is expected");
        };
        let value = self.variables.evaluate(expression, 0);
        self.export(value, span)
    }

    fn named(&mut self, export: &ExportNamedDeclaration<'_>) -> Result<(), Refused> {
        for specifier in &export.specifiers {
            if specifier.exported.name() != "default" {
                return refuse(specifier.span, "an export that is not the default one");
            }
            let local = match &specifier.local {
                ModuleExportName::IdentifierName(name) => name.name.as_str(),
                ModuleExportName::IdentifierReference(name) => name.name.as_str(),
                ModuleExportName::StringLiteral(name) => name.value.as_str(),
            };
            let value = self.variables.named(local, specifier.span, 0);
            self.export(value, specifier.span)?;
        }
        Ok(())
    }

    fn export(&mut self, value: Evaluated, span: Span) -> Result<(), Refused> {
        match value? {
            None => refuse(span, "what is exported is undefined; expected an object"),
            Some(_) if self.exported.is_some() => refuse(span, "a second export; expected one"),
            value => {
                self.exported = value;
                Ok(())
            }
        }
    }
}

/// A finding at a byte of a file, with what stands there.
fn finding(text: &str, name: &str, at: usize, message: &str, path: &[&str]) -> Diagnostic {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (before, rest) = text.split_at(at);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = 1 + before[line_start..].chars().count();
    let shown: String = rest.chars().take_while(|c| !c.is_control()).take(SHOWN).collect();
    let mut place = path.iter().fold(Place::new(name, ""), |place, key| place.child(key));
    place.line = Some(1 + before.matches('\n').count());
    let shown = if shown.is_empty() { String::new() } else { format!(": `{shown}`") };
    Diagnostic::new(Code::NotALiteral, place, format!("{message}, in column {column}{shown}"))
        .help("no JavaScript is run: a file exports one literal, made of literals and of variables that name literals")
}
