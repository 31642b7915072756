//! The list of codes in `userErrors`: nothing answers with another one, since it would not compile, and each one in it is
//! answered with somewhere.

use std::collections::BTreeSet;

use async_graphql::parser::types::TypeKind;
use kinward::kernel::Code;
use regex::Regex;

use crate::access::fields;
use crate::security::sources;

const LIST: &str = "src/kernel/code.rs";

/// `SLOT_TAKEN` as the sources write it: `SlotTaken`.
fn written(code: Code) -> String {
    let piece = |piece: &str| piece[..1].to_owned() + &piece[1..].to_lowercase();
    code.as_str().split('_').map(piece).collect()
}

#[test]
fn every_listed_code_is_answered_with() {
    let sources = sources::all();
    let words: Vec<&str> =
        sources.iter().filter(|source| source.path != LIST).map(|source| source.words.as_str()).collect();
    let words = words.join(" ");
    // A feature may give a code a name of its own; then it is the name that must be used, not only shown.
    let named = Regex::new(r"const ([A-Z_]+) : (?:Code|Self) = (?:Code|Self) :: ([A-Za-z]+) ;").unwrap();
    let shown = Regex::new(r"\buse [^;]*;").unwrap();
    let names: Vec<_> = named.captures_iter(&words).map(|found| (found[1].to_owned(), found[2].to_owned())).collect();
    let used = shown.replace_all(&named.replace_all(&words, ""), "").into_owned();
    let has = |word: &str| used.contains(&format!(" {word} "));
    let idle = Code::ALL.iter().filter(|code| {
        let name = names.iter().find(|(_, code_of)| *code_of == written(**code));
        !has(&format!("Code :: {}", written(**code))) && !name.is_some_and(|(name, _)| has(name))
    });
    let idle: Vec<_> = idle.collect();
    assert!(idle.is_empty(), "listed in {LIST}, and nothing answers with them: {idle:?}");
    assert!(names.len() > 40, "the features' own names were not found");
}

#[test]
fn the_schema_tells_of_each_what_it_means() {
    let types = fields::types();
    let TypeKind::Enum(list) = &types["UserErrorCode"].kind else { panic!("UserErrorCode is no enum") };
    let told: BTreeSet<_> = list.values.iter().map(|value| value.node.value.node.to_string()).collect();
    assert_eq!(told, Code::ALL.iter().map(|code| code.as_str().to_owned()).collect());
    for value in &list.values {
        let text = value.node.description.as_ref().map(|text| text.node.as_str()).unwrap_or_default();
        assert!(
            text.matches('.').count() >= 2,
            "{}: what does it mean, and what is to be done?",
            value.node.value.node
        );
    }
    let code = fields::fields(&types["UserError"]).into_iter().find(|field| field.name.node == "code").unwrap();
    assert_eq!(code.ty.node.to_string(), "UserErrorCode!");
}
