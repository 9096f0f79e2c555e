//! Who may call an operation.
//!
//! Security fails closed: an operation is public only where the contract says `security: []` in so
//! many words. Where nothing is said, neither by the operation nor at the root, some credential is
//! required. An alternative that asks for nothing (`{}`) would make a protected operation callable
//! without any; it is left out, with a warning.

use super::Lowering;
use super::schema::Node;
use crate::diagnostic::Code;
use crate::ir::Security;

impl<'a> Lowering<'a> {
    /// The security of an operation: its own word, else that of the root.
    pub(super) fn security(&mut self, root: &Node<'a>, operation: &Node<'a>) -> Security {
        let Some(list) = operation.get("security").or_else(|| root.get("security")) else {
            return Security::Required(Vec::new());
        };
        if !list.value.is_array() {
            self.error(Code::BadSecurity, &list.at, "`security` must be a list");
            return Security::Required(Vec::new());
        }
        let declared = root.get("components").and_then(|c| c.get("securitySchemes"));
        let declared: Vec<_> = declared.iter().flat_map(Node::members).map(|(name, _)| name).collect();
        let mut alternatives = Vec::new();
        for requirement in list.elements() {
            let schemes = requirement.members();
            if schemes.is_empty() {
                let message = "an alternative without any scheme is left out: credentials are required";
                self.error(Code::OptionalSecurity, &requirement.at, message);
                continue;
            }
            for (scheme, node) in &schemes {
                if !declared.contains(scheme) {
                    let message = format!("the security scheme `{scheme}` is not declared");
                    self.error(Code::BadSecurity, &node.at, message);
                }
            }
            let scopes = |node: &Node<'a>| {
                node.elements().filter_map(|scope| scope.value.as_str().map(str::to_owned)).collect()
            };
            alternatives
                .push(schemes.iter().map(|(name, node)| ((*name).to_owned(), scopes(node))).collect());
        }
        if list.elements().next().is_none() { Security::Public } else { Security::Required(alternatives) }
    }
}
