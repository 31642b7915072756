//! The files that clients build on: the schema, the documents, and the list of documents inside the binary.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use async_graphql::futures_util::StreamExt as _;
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection};

use crate::access::fields;
use crate::committed;
use crate::harness::{Backend, TestApp};

const OPERATIONS: &str = "graphql/operations";

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            assert!(path.extension().is_some_and(|end| end == "graphql"), "{} is no document", path.display());
            let name = path.strip_prefix(committed::path(OPERATIONS)).unwrap().to_str().unwrap().to_owned();
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Every document of the folder, sorted by path.
fn documents() -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&committed::path(OPERATIONS), &mut found);
    found.sort();
    found
}

fn parsed(name: &str, text: &str) -> ExecutableDocument {
    async_graphql::parser::parse_query(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_schema_is_as_committed() {
    committed::compare("graphql/schema.graphql", "graphql_files", &kinward::schema::sdl());
}

#[test]
fn the_documents_inside_the_binary_are_those_of_the_folder() {
    let mut want = String::from(
        "//! The documents that clients use, embedded: the only ones that run in trusted-documents mode.\n\n\
         /// Every document: its path under `graphql/operations` and its text. A test compares the list with the folder.\n\
         pub const ALL: &[(&str, &str)] = &[\n",
    );
    for (name, _) in documents() {
        let embedded = format!("include_str!(\"../{OPERATIONS}/{name}\")");
        let line = format!("    (\"{name}\", {embedded}),");
        // As the formatter breaks long lines.
        let broken = format!("    (\n        \"{name}\",\n        {embedded},\n    ),");
        writeln!(want, "{}", if line.len() > 120 { broken } else { line }).unwrap();
    }
    want.push_str("];\n");
    committed::compare("src/documents.rs", "graphql_files", &want);
    if !committed::updating() {
        let embedded: Vec<(String, String)> =
            kinward::documents::ALL.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        assert!(embedded == documents(), "the list inside the binary is not the folder's content");
    }
}

/// The root fields that a document asks for, as `Query.family`.
fn roots(document: &ExecutableDocument) -> Vec<String> {
    let mut found = Vec::new();
    for (_, operation) in document.operations.iter() {
        let root = match operation.node.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        for selection in &operation.node.selection_set.node.items {
            if let Selection::Field(field) = &selection.node {
                found.push(format!("{root}.{}", field.node.name.node));
            }
        }
    }
    found
}

#[test]
fn every_root_field_has_a_document() {
    let mut unused: BTreeSet<String> = BTreeSet::new();
    for (name, definition) in fields::types() {
        if ["Query", "Mutation", "Subscription"].contains(&name.as_str()) {
            unused.extend(fields::fields(&definition).iter().map(|field| format!("{name}.{}", field.name.node)));
        }
    }
    for (name, text) in documents() {
        for root in roots(&parsed(&name, &text)) {
            unused.remove(&root);
        }
    }
    assert!(unused.is_empty(), "no document in {OPERATIONS} uses {unused:?}");
}

#[test]
fn every_document_holds_one_operation_with_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for (path, text) in documents() {
        let document = parsed(&path, &text);
        let operations: Vec<_> = document.operations.iter().collect();
        assert_eq!(operations.len(), 1, "{path}");
        let name = operations[0].0.unwrap_or_else(|| panic!("{path}: the operation has no name")).to_string();
        let file = Path::new(&path).file_stem().unwrap().to_str().unwrap().replace('_', "");
        assert_eq!(name.to_lowercase(), file.to_lowercase(), "{path}");
        assert!(names.insert(name.clone()), "{path}: two documents are called {name}");
    }
}

#[tokio::test]
async fn every_document_is_valid() {
    let app = TestApp::start(Backend::Sqlite).await;
    let schema = kinward::schema::build(&kinward::graphql::Limits::default(), app.app.messaging.clone());
    for (path, text) in documents() {
        // Nobody asks, so nothing is answered; but what is wrong with a document is told before that.
        let answer = schema.execute_stream(text.as_str()).next().await.unwrap();
        for error in answer.errors {
            let ran = !error.path.is_empty();
            let wants_variables = error.message.contains("is needed");
            assert!(ran || wants_variables, "{path}: {}", error.message);
        }
    }
    app.finish().await;
}
