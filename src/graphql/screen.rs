//! The first look at a document, before the library sees it: tokens, parsing, fragment cycles and the limits that need
//! no schema. Everything later may follow fragments freely, because their full size is bounded here.

use std::collections::HashMap;

use async_graphql::{
    Pos, ServerError,
    parser::{
        self, parse_query,
        types::{DocumentOperations, ExecutableDocument, OperationType, Selection, SelectionSet},
    },
};

use super::{
    FaultCode, Limits,
    fault::refusal,
    lexer::{self, Unfit},
    once,
};

/// Deepest nesting below `__schema` and `__type`; the usual introspection query needs 16.
const INTROSPECTION_DEPTH: usize = 20;

/// A document that may go on to validation.
#[derive(Debug)]
pub(super) struct Screened {
    /// The parsed document.
    pub(super) document: ExecutableDocument,
    /// What the chosen operation does.
    pub(super) kind: OperationType,
}

/// Parses and bounds a document, and finds the operation to run.
pub(super) fn screen(text: &str, operation_name: Option<&str>, limits: &Limits) -> Result<Screened, ServerError> {
    lexer::check(text, limits.tokens).map_err(|unfit| match unfit {
        Unfit::TooManyTokens => limit(format!("A document holds at most {} tokens.", limits.tokens), None),
        Unfit::TooDeep => limit("The document is nested too deeply.".to_owned(), None),
        Unfit::Syntax(at) => syntax(position(text, at)),
    })?;
    if let Some(at) = once::named_twice(text) {
        let said = "A field of an input is named twice.";
        return Err(refusal(FaultCode::ValidationFailed, said, Some(position(text, at))));
    }
    let document = parse_query(text).map_err(|error| match error {
        parser::Error::Syntax { start, .. } => syntax(start),
        parser::Error::RecursionLimitExceeded => limit("The document is nested too deeply.".to_owned(), None),
        other => refusal(FaultCode::ParseFailed, other.to_string(), None),
    })?;
    bound(&document, limits)?;
    let kind = choose(&document.operations, operation_name)?;
    Ok(Screened { document, kind })
}

fn limit(message: String, at: Option<Pos>) -> ServerError {
    refusal(FaultCode::LimitExceeded, message, at)
}

fn syntax(at: Pos) -> ServerError {
    // The parser's own text quotes the document; the place says as much.
    refusal(FaultCode::ParseFailed, format!("Syntax error at line {}, column {}.", at.line, at.column), Some(at))
}

fn position(text: &str, byte: usize) -> Pos {
    let before = text.get(..byte).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    Pos { line: before.matches('\n').count() + 1, column }
}

fn choose(operations: &DocumentOperations, name: Option<&str>) -> Result<OperationType, ServerError> {
    let refused = |text: &str| refusal(FaultCode::BadRequest, text, None);
    match (operations, name) {
        (DocumentOperations::Single(one), None) => Ok(one.node.ty),
        (DocumentOperations::Multiple(named), Some(name)) => named
            .get(name)
            .map(|operation| operation.node.ty)
            .ok_or_else(|| refused("The document holds no operation of that name.")),
        (DocumentOperations::Multiple(named), None) if named.len() == 1 => named
            .values()
            .next()
            .map(|operation| operation.node.ty)
            .ok_or_else(|| refused("The document holds no operation.")),
        (DocumentOperations::Single(_), Some(_)) => Err(refused("The document holds no operation of that name.")),
        (DocumentOperations::Multiple(_), None) => Err(refused("Name the operation to run in `operationName`.")),
    }
}

fn bound(document: &ExecutableDocument, limits: &Limits) -> Result<(), ServerError> {
    let mut survey = Survey { document, fragments: HashMap::new(), directives: 0 };
    // Unused fragments are measured too: the rules of validation look at them as well. How deep one may be depends on
    // where it is spread: those of the usual introspection query are deeper than a field of the service may be.
    for name in document.fragments.keys() {
        let size = Size { depth: 0, ..survey.fragment(name)? };
        within(&size, limits, None)?;
    }
    let mut all = 0_usize;
    for (_, operation) in document.operations.iter() {
        survey.directives += operation.node.directives.len();
        survey.directives += operation.node.variable_definitions.iter().map(|v| v.node.directives.len()).sum::<usize>();
        let size = survey.selections(&operation.node.selection_set.node)?;
        within(&size, limits, Some(operation.pos))?;
        // Validation walks through every operation, also those that were not asked for.
        all = all.saturating_add(size.fields);
        if all > limits.cost {
            return Err(limit("The document's operations are too large together.".to_owned(), Some(operation.pos)));
        }
        if size.roots > limits.root_fields {
            let text = format!("An operation holds at most {} fields at its root.", limits.root_fields);
            return Err(limit(text, Some(operation.pos)));
        }
    }
    if survey.directives > limits.directives {
        return Err(limit(format!("A document holds at most {} directives.", limits.directives), None));
    }
    Ok(())
}

fn within(size: &Size, limits: &Limits, at: Option<Pos>) -> Result<(), ServerError> {
    if size.depth > limits.depth || size.introspection_depth > INTROSPECTION_DEPTH {
        return Err(limit(format!("Fields nest at most {} deep.", limits.depth), at));
    }
    // Each field costs at least 1, so a document with more fields than the highest cost cannot pass later either.
    if size.fields > limits.cost {
        return Err(limit(format!("An operation costs at most {}.", limits.cost), at));
    }
    if size.aliases > limits.aliases {
        return Err(limit(format!("An operation holds at most {} aliases.", limits.aliases), at));
    }
    Ok(())
}

/// The size of a selection with its fragments written out.
#[derive(Debug, Default, Clone, Copy)]
struct Size {
    fields: usize,
    roots: usize,
    aliases: usize,
    depth: usize,
    introspection_depth: usize,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.roots = self.roots.saturating_add(other.roots);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
    }
}

struct Survey<'a> {
    document: &'a ExecutableDocument,
    /// Each fragment is measured once; `None` while it is being measured, which is how a cycle shows.
    fragments: HashMap<&'a str, Option<Size>>,
    directives: usize,
}

impl<'a> Survey<'a> {
    fn fragment(&mut self, name: &str) -> Result<Size, ServerError> {
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            // Validation names the missing fragment.
            return Ok(Size { fields: 1, ..Size::default() });
        };
        match self.fragments.get(name.as_str()) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                let text = "A fragment cannot spread itself, directly or through others.";
                return Err(refusal(FaultCode::ValidationFailed, text, Some(fragment.pos)));
            }
            None => {}
        }
        self.fragments.insert(name, None);
        self.directives += fragment.node.directives.len();
        let size = self.selections(&fragment.node.selection_set.node)?;
        self.fragments.insert(name, Some(size));
        Ok(size)
    }

    fn selections(&mut self, set: &'a SelectionSet) -> Result<Size, ServerError> {
        let mut total = Size::default();
        for selection in &set.items {
            self.directives += selection.node.directives().len();
            match &selection.node {
                Selection::Field(field) => {
                    let below = self.selections(&field.node.selection_set.node)?;
                    let introspects = matches!(field.node.name.node.as_str(), "__schema" | "__type");
                    total.add(Size {
                        fields: below.fields.saturating_add(1),
                        roots: 1,
                        aliases: below.aliases + usize::from(field.node.alias.is_some()),
                        depth: if introspects { 1 } else { below.depth + 1 },
                        introspection_depth: if introspects { below.depth + 1 } else { below.introspection_depth },
                    });
                }
                Selection::InlineFragment(inline) => total.add(self.selections(&inline.node.selection_set.node)?),
                Selection::FragmentSpread(spread) => total.add(self.fragment(&spread.node.fragment_name.node)?),
            }
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::fault::code_of;

    fn code(text: &str) -> Option<String> {
        let refused = screen(text, None, &Limits::default()).err()?;
        assert!(refused.message.len() < 300);
        code_of(&refused).map(str::to_owned)
    }

    #[test]
    fn fragments_that_double_are_refused_at_once() {
        let doubling: Vec<_> = (0..40).map(|n| format!("fragment F{n} on Q{{...F{0} ...F{0}}}", n + 1)).collect();
        let text = format!("{{...F0}} {} fragment F40 on Q{{a}}", doubling.concat());
        assert_eq!(code(&text).as_deref(), Some("LIMIT_EXCEEDED"));
    }

    #[test]
    fn each_limit_holds_at_its_edge() {
        let nested = |n: usize| format!("{}a{}", "{a".repeat(n - 1) + "{", "}".repeat(n));
        let aliases =
            |n: usize| format!("{{a{{{}}}}}", (0..n).map(|i| format!("x{i}:b ")).collect::<Vec<_>>().concat());
        let roots = |n: usize| format!("{{{}}}", "a ".repeat(n));
        let directives = |n: usize| format!("{{a{}}}", " @d".repeat(n));
        assert_eq!((code(&nested(12)), code(&nested(13)).as_deref()), (None, Some("LIMIT_EXCEEDED")));
        assert_eq!((code(&aliases(30)), code(&aliases(31)).as_deref()), (None, Some("LIMIT_EXCEEDED")));
        assert_eq!((code(&roots(20)), code(&roots(21)).as_deref()), (None, Some("LIMIT_EXCEEDED")));
        assert_eq!((code(&directives(20)), code(&directives(21)).as_deref()), (None, Some("LIMIT_EXCEEDED")));
    }

    #[test]
    fn many_operations_on_one_large_fragment_are_refused() {
        let operations: Vec<_> = (0..100).map(|n| format!("query Q{n}{{a{{...F}}}} ")).collect();
        let text = operations.concat() + "fragment F on Q{" + &"b ".repeat(100) + "}";
        assert_eq!(code(&text).as_deref(), Some("LIMIT_EXCEEDED"));
    }

    #[test]
    fn cycles_and_bad_syntax_are_named_by_kind() {
        assert_eq!(code("{...A} fragment A on Q{...B} fragment B on Q{...A}").as_deref(), Some("VALIDATION_FAILED"));
        assert_eq!(code("{").as_deref(), Some("PARSE_FAILED"));
        assert_eq!(code("query A{a} query B{a}").as_deref(), Some("BAD_REQUEST"));
        assert_eq!(position("a\nbc", 3), Pos { line: 2, column: 2 });
    }
}
