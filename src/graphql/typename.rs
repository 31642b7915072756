//! `__typename`, which the library's rules pass over: a directive on it is never checked, and a variable used there
//! counts as unused. Moved into an inline fragment around the field, the same directive is seen and means the same.

use async_graphql::{
    ServerResult,
    parser::{
        Positioned,
        types::{DocumentOperations, ExecutableDocument, InlineFragment, Selection, SelectionSet},
    },
};

use super::{FaultCode, fault::refusal};

/// Turns `__typename @skip(if: $x)` into `... @skip(if: $x) { __typename }` throughout a document.
pub(super) fn lift(document: &mut ExecutableDocument) -> ServerResult<()> {
    match &mut document.operations {
        DocumentOperations::Single(operation) => selections(&mut operation.node.selection_set.node)?,
        DocumentOperations::Multiple(named) => {
            named.values_mut().try_for_each(|operation| selections(&mut operation.node.selection_set.node))?;
        }
    }
    document.fragments.values_mut().try_for_each(|fragment| selections(&mut fragment.node.selection_set.node))
}

fn selections(set: &mut SelectionSet) -> ServerResult<()> {
    for item in &mut set.items {
        let at = item.pos;
        match &mut item.node {
            Selection::Field(field) if field.node.name.node == "__typename" => {
                if !field.node.selection_set.node.items.is_empty() || !field.node.arguments.is_empty() {
                    let text = "\"__typename\" has neither arguments nor fields.";
                    return Err(refusal(FaultCode::ValidationFailed, text, Some(at)));
                }
                let directives = std::mem::take(&mut field.node.directives);
                if !directives.is_empty() {
                    let inner = Positioned::new(Selection::Field(field.clone()), at);
                    let selection_set = Positioned::new(SelectionSet { items: vec![inner] }, at);
                    let around = InlineFragment { type_condition: None, directives, selection_set };
                    item.node = Selection::InlineFragment(Positioned::new(around, at));
                }
            }
            Selection::Field(field) => selections(&mut field.node.selection_set.node)?,
            Selection::InlineFragment(inline) => selections(&mut inline.node.selection_set.node)?,
            Selection::FragmentSpread(_) => {}
        }
    }
    Ok(())
}
