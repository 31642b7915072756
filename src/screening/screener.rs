//! Everything put together.

use linkify::{LinkFinder, LinkKind};
use regex::Regex;

use super::address::Addresses;
use super::disguise::undisguised;
use super::fold::Folded;
use super::identity::known_names;
use super::language::Languages;
use super::phone::Phones;
use super::rules::{self, CRIES_IN_SCRIPTS, DISGUISED, ENDINGS, LISTS, NOT_MEANT, NOT_NAMES, URGENT};
use super::{Category, Context, Finding, MAX_CHARS, Outcome, Screening, ScreeningError, Tier};

/// The version of the rules, stored with every verdict.
pub const SCREENER_VERSION: &str = "2026-11-3";

/// The most findings that are told: they are kept with the verdict, and nobody reads more. What follows from them counts
/// all.
const MAX_FINDINGS: usize = 500;

#[derive(Debug)]
struct Rule {
    category: Category,
    detector: &'static str,
    pattern: Regex,
}

/// Screens texts. Build once; it is immutable and can be shared.
#[derive(Debug)]
pub struct Screener {
    rules: Vec<Rule>,
    disguised: Vec<Rule>,
    not_meant: Vec<(Category, Regex)>,
    cries: Regex,
    languages: Languages,
    ending: Regex,
    links: LinkFinder,
    phones: Phones,
    addresses: Addresses,
}

impl Screener {
    /// Builds all rules.
    pub fn new() -> Result<Self, ScreeningError> {
        let plain = |(category, detector, pattern)| rule(category, detector, pattern, (r"\b", r"(?:\b|$|\W)"));
        let bare = |(category, detector, pattern)| rule(category, detector, pattern, ("", ""));
        let not_meant = NOT_MEANT.iter().map(|(of, pattern)| Ok((*of, build(&format!(r"\b(?:{pattern})\b"))?)));
        let cries: Vec<String> = CRIES_IN_SCRIPTS.iter().map(|cry| regex::escape(&Folded::new(cry).text)).collect();
        let mut links = LinkFinder::new();
        links.url_must_have_scheme(false);
        Ok(Self {
            rules: rules::all().map(plain).collect::<Result<_, _>>()?,
            disguised: DISGUISED.iter().copied().map(bare).collect::<Result<_, _>>()?,
            not_meant: not_meant.collect::<Result<_, _>>()?,
            cries: build(&cries.join("|"))?,
            languages: Languages::new()?,
            ending: build(&format!(r"\.(?:{ENDINGS})(?:[:/?#]|$)"))?,
            links,
            phones: Phones::new()?,
            addresses: Addresses::new()?,
        })
    }

    /// Screens one text. On an error the caller holds the message: nothing is delivered that could not be read.
    pub fn screen(&self, text: &str, context: &Context<'_>) -> Result<Screening, ScreeningError> {
        if text.len() > MAX_CHARS * 4 || text.chars().count() > MAX_CHARS {
            return Err(ScreeningError::TooLong);
        }
        let folded = Folded::new(text);
        let mut found = Found { folded: &folded, findings: Vec::new() };
        found.add_all(Category::Phone, "phone.number", self.phones.find(&folded.text));
        self.split_phone(context, &mut found);
        self.find_links(&mut found);
        found.add_all(Category::StreetAddress, "address.street", self.addresses.find(&folded.text));
        let names = known_names(&folded.text, context.known_names);
        found.add_all(Category::ThirdPartyIdentity, "identity.known", names);
        self.phrases(&mut found);
        let cries = self.cries.find_iter(&folded.text).map(|cry| (cry.start(), cry.end())).collect();
        found.add_all(Category::Crisis, "crisis.script", cries);
        let mut findings = found.findings;
        findings.append(&mut self.undisguised(&folded));
        let place = |f: &Finding| (f.start, f.end, f.category);
        findings.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.detector.cmp(&b.detector)));
        findings.dedup();
        let has = |tier| findings.iter().any(|f| f.tier == tier);
        let unknown_language = self.languages.is_unknown(text);
        let outcome = match (unknown_language || has(Tier::Hold), has(Tier::Page), has(Tier::Flag)) {
            (true, _, _) => Outcome::Hold,
            (_, true, _) => Outcome::DeliverAndPage,
            (_, _, true) => Outcome::DeliverAndFlag,
            _ => Outcome::Deliver,
        };
        let page = has(Tier::Page) || findings.iter().any(|f| URGENT.contains(&f.detector.as_str()));
        findings.truncate(MAX_FINDINGS);
        Ok(Screening { findings, outcome, page, unknown_language })
    }

    fn split_phone(&self, context: &Context<'_>, found: &mut Found<'_>) {
        // A number that stands whole in this message needs no help from earlier ones.
        if context.recent.is_empty() || found.findings.iter().any(|f| f.category == Category::Phone) {
            return;
        }
        let recent: Vec<String> =
            context.recent.iter().filter(|t| t.len() <= MAX_CHARS).map(|t| Folded::new(t).text).collect();
        let split = self.phones.find_split(&found.folded.text, &recent);
        found.add_all(Category::Phone, "phone.split", split.into_iter().collect());
    }

    fn find_links(&self, found: &mut Found<'_>) {
        let text = &found.folded.text;
        for link in self.links.links(text) {
            let (category, detector) = match link.kind() {
                LinkKind::Email => (Category::Email, "email.link"),
                _ => (Category::Link, "link.plain"),
            };
            let address = link.as_str();
            if category == Category::Email || address.contains("://") || self.ending.is_match(address) {
                found.add(category, detector, link.start(), link.end());
            }
        }
        // `@name` that is no part of an e-mail address.
        for (at, _) in text.match_indices('@') {
            let joined = text.get(..at).and_then(|t| t.chars().next_back()).is_some_and(char::is_alphanumeric);
            let name = text.get(at + 1..).unwrap_or_default();
            let length = name.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(name.len());
            if !joined && length >= 3 {
                found.add(Category::Handle, "handle.at", at, at + 1 + length);
            }
        }
    }

    fn phrases(&self, found: &mut Found<'_>) {
        let text = &found.folded.text;
        let taken_back: Vec<_> =
            self.not_meant.iter().flat_map(|(of, no)| no.find_iter(text).map(|m| (*of, m.start(), m.end()))).collect();
        for rule in &self.rules {
            for captures in rule.pattern.captures_iter(text) {
                let Some(whole) = captures.get(0) else { continue };
                let ordinary = captures.name("who").is_some_and(|who| NOT_NAMES.contains(&who.as_str()));
                let (start, end) = (whole.start(), whole.end());
                let unsaid = taken_back.iter().any(|(of, a, b)| *of == rule.category && *a < end && start < *b);
                if !ordinary && !unsaid {
                    found.add(rule.category, rule.detector, start, end);
                }
            }
        }
    }

    /// What is found only when disguised words are read as they were meant.
    fn undisguised(&self, folded: &Folded) -> Vec<Finding> {
        let mut findings = Vec::new();
        for meant in undisguised(folded) {
            let mut found = Found { folded: &meant.folded, findings: Vec::new() };
            self.phrases(&mut found);
            for rule in &self.disguised {
                let told = rule.pattern.find_iter(&meant.folded.text).map(|m| (m.start(), m.end())).collect();
                found.add_all(rule.category, rule.detector, told);
            }
            let changed: Vec<_> = meant.changed.iter().filter_map(|(a, b)| meant.folded.original(*a, *b)).collect();
            found.findings.retain(|f| changed.iter().any(|(a, b)| *a < f.end && f.start < *b));
            findings.append(&mut found.findings);
        }
        findings
    }
}

struct Found<'a> {
    folded: &'a Folded,
    findings: Vec<Finding>,
}

impl Found<'_> {
    fn add(&mut self, category: Category, detector: &'static str, start: usize, end: usize) {
        // White space and signs at the edges come from the patterns' borders and tell nothing.
        let piece = self.folded.text.get(start..end).unwrap_or_default();
        let trimmed = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        if let Some((start, end)) = self.folded.original(start, start + trimmed.len()) {
            let detector = detector.to_owned();
            self.findings.push(Finding { category, tier: category.tier(), start, end, detector });
        }
    }

    fn add_all(&mut self, category: Category, detector: &'static str, ranges: Vec<(usize, usize)>) {
        for (start, end) in ranges {
            self.add(category, detector, start, end);
        }
    }
}

/// Builds a rule between these edges, with the lists that it names put in.
fn rule(
    category: Category,
    detector: &'static str,
    pattern: &str,
    (before, after): (&str, &str),
) -> Result<Rule, ScreeningError> {
    let named = LISTS.iter().fold(pattern.to_owned(), |pattern, (name, list)| pattern.replace(name, list));
    Ok(Rule { category, detector, pattern: build(&format!("{before}(?:{named}){after}"))? })
}

fn build(pattern: &str) -> Result<Regex, ScreeningError> {
    Regex::new(pattern).map_err(|_| ScreeningError::BrokenRules)
}
