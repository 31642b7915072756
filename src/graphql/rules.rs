//! Validation that the library leaves out or does too weakly, as one extension of the schema: it runs on the parsed
//! document before the library's own rules, and gives every error of every answer its code.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    Response, ServerError, ServerResult, Variables,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextRequest, NextSubscribe,
    },
    futures_util::{StreamExt as _, stream::BoxStream},
    parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet},
    registry::Registry,
};

use super::{
    FaultCode, Limits, Purse, cost,
    fault::{clean, from_kernel, refusal},
    overlap, typename, values,
};

/// Put beside a request so that its transport learns whether resolvers ran.
#[derive(Debug, Clone, Default)]
pub(super) struct Executed(Arc<AtomicBool>);

impl Executed {
    /// Whether resolvers ran; before that, every error is a request error and the answer has no `data`.
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Which operation of the document was asked for, put beside a request by its transport.
#[derive(Debug, Clone)]
pub(super) struct Chosen(pub(super) Option<String>);

/// Makes one set of rules for each request.
pub(super) struct Rules(Arc<Limits>);

impl Rules {
    pub(super) fn new(limits: Limits) -> Self {
        Self(Arc::new(limits))
    }
}

impl ExtensionFactory for Rules {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Request { limits: self.0.clone(), executed: Executed::default() })
    }
}

struct Request {
    limits: Arc<Limits>,
    executed: Executed,
}

#[async_graphql::async_trait::async_trait]
impl Extension for Request {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let mut response = next.run(ctx).await;
        clean(&mut response.errors, self.executed.get());
        response
    }

    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        let executed = self.executed.clone();
        let cleaned = next.run(ctx, stream).map(move |mut response| {
            // An error that a subscription's own resolver raised has a path, and came before the first event.
            let resolved = executed.get() || response.errors.iter().any(|error| !error.path.is_empty());
            clean(&mut response.errors, resolved);
            response
        });
        cleaned.boxed()
    }

    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let mut document = next.run(ctx, query, variables).await?;
        typename::lift(&mut document)?;
        let chosen = ctx.data_opt::<Chosen>().and_then(|chosen| chosen.0.as_deref());
        let (cost, is_mutation) = check(&ctx.schema_env.registry, &document, variables, chosen, &self.limits)?;
        if let Some(purse) = ctx.data_opt::<Purse>() {
            purse.pay(cost, is_mutation).map_err(from_kernel)?;
        }
        Ok(document)
    }

    async fn execute(&self, ctx: &ExtensionContext<'_>, name: Option<&str>, next: NextExecute<'_>) -> Response {
        self.executed.0.store(true, Ordering::Release);
        if let Some(executed) = ctx.data_opt::<Executed>() {
            executed.0.store(true, Ordering::Release);
        }
        next.run(ctx, name).await
    }
}

/// What the operation that was asked for costs, and whether it is a mutation; or what is wrong with the document.
fn check(
    registry: &Registry,
    document: &ExecutableDocument,
    variables: &Variables,
    chosen: Option<&str>,
    limits: &Limits,
) -> ServerResult<(usize, bool)> {
    let (mut cost, mut is_mutation) = (0_usize, false);
    if !limits.introspection {
        for (_, operation) in document.operations.iter() {
            no_introspection(&operation.node.selection_set.node)?;
        }
        for fragment in document.fragments.values() {
            no_introspection(&fragment.node.selection_set.node)?;
        }
    }
    for (name, operation) in document.operations.iter() {
        if operation.node.ty == OperationType::Subscription {
            single_root(&operation.node)?;
        }
        overlap::check(registry, document, &operation.node, limits.cost)?;
        if chosen.is_none() || chosen == name.map(async_graphql::Name::as_str) {
            values::check_variables(registry, &operation.node, variables)?;
            cost = cost.saturating_add(cost::check(registry, document, &operation.node, variables, limits.cost)?);
            is_mutation |= operation.node.ty == OperationType::Mutation;
        }
    }
    values::check_literals(registry, document)?;
    Ok((cost, is_mutation))
}

/// The library streams every root field and passes over fragments in silence, so a subscription is held to one field,
/// written at the root. The specification asks for one field too, and since 2025 for no condition on it.
fn single_root(operation: &OperationDefinition) -> ServerResult<()> {
    let refused = |text: &str, at| Err(refusal(FaultCode::ValidationFailed, text, Some(at)));
    let set = &operation.selection_set;
    let [only] = set.node.items.as_slice() else {
        return refused("A subscription selects one field at its root.", set.pos);
    };
    let Selection::Field(field) = &only.node else {
        return refused("A subscription selects its field at the root itself, not through a fragment.", only.pos);
    };
    if field.node.name.node.starts_with("__") {
        return refused("A subscription cannot select an introspection field at its root.", field.pos);
    }
    if field.node.directives.iter().any(|d| matches!(d.node.name.node.as_str(), "skip" | "include")) {
        return refused("The root field of a subscription cannot be conditional.", field.pos);
    }
    Ok(())
}

fn no_introspection(set: &SelectionSet) -> Result<(), ServerError> {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                if matches!(field.node.name.node.as_str(), "__schema" | "__type") {
                    let text = "Introspection is switched off.";
                    return Err(refusal(FaultCode::ValidationFailed, text, Some(field.pos)));
                }
                no_introspection(&field.node.selection_set.node)?;
            }
            Selection::InlineFragment(inline) => no_introspection(&inline.node.selection_set.node)?,
            Selection::FragmentSpread(_) => {}
        }
    }
    Ok(())
}

/// The root type of an operation.
pub(super) fn root_type(registry: &Registry, kind: OperationType) -> Option<&str> {
    match kind {
        OperationType::Query => Some(registry.query_type.as_str()),
        OperationType::Mutation => registry.mutation_type.as_deref(),
        OperationType::Subscription => registry.subscription_type.as_deref(),
    }
}
