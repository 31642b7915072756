//! Everything put together.

use linkify::{LinkFinder, LinkKind};
use regex::Regex;

use super::address::Addresses;
use super::fold::Folded;
use super::identity::known_names;
use super::phone::Phones;
use super::rules::{ENDINGS, LISTS, NOT_CRISIS, NOT_NAMES, RULES};
use super::{Category, Context, Finding, MAX_CHARS, Outcome, Screening, ScreeningError, Tier};

/// The version of the rules, stored with every verdict.
pub const SCREENER_VERSION: &str = "2026-11-1";

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
    not_crisis: Regex,
    ending: Regex,
    links: LinkFinder,
    phones: Phones,
    addresses: Addresses,
}

impl Screener {
    /// Builds all rules.
    pub fn new() -> Result<Self, ScreeningError> {
        let mut rules = Vec::with_capacity(RULES.len());
        for (category, detector, pattern) in RULES {
            let mut pattern = (*pattern).to_owned();
            for (name, list) in LISTS {
                pattern = pattern.replace(name, list);
            }
            rules.push(Rule {
                category: *category,
                detector,
                pattern: build(&format!(r"\b(?:{pattern})(?:\b|$|\W)"))?,
            });
        }
        let mut links = LinkFinder::new();
        links.url_must_have_scheme(false);
        Ok(Self {
            rules,
            not_crisis: build(&format!(r"\b(?:{NOT_CRISIS})\b"))?,
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
        let mut findings = found.findings;
        findings.sort_by_key(|f| (f.start, f.end, f.category));
        findings.dedup();
        let has = |tier| findings.iter().any(|f| f.tier == tier);
        let outcome = match (has(Tier::Hold), has(Tier::Page), has(Tier::Flag)) {
            (true, _, _) => Outcome::Hold,
            (_, true, _) => Outcome::DeliverAndPage,
            (_, _, true) => Outcome::DeliverAndFlag,
            _ => Outcome::Deliver,
        };
        let page = has(Tier::Page);
        Ok(Screening { findings, outcome, page })
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
        let unsaid: Vec<_> = self.not_crisis.find_iter(text).collect();
        for rule in &self.rules {
            for captures in rule.pattern.captures_iter(text) {
                let Some(whole) = captures.get(0) else { continue };
                let ordinary = captures.name("who").is_some_and(|who| NOT_NAMES.contains(&who.as_str()));
                let taken_back = rule.category == Category::Crisis
                    && unsaid.iter().any(|no| no.start() < whole.end() && whole.start() < no.end());
                if !ordinary && !taken_back {
                    found.add(rule.category, rule.detector, whole.start(), whole.end());
                }
            }
        }
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

fn build(pattern: &str) -> Result<Regex, ScreeningError> {
    Regex::new(pattern).map_err(|_| ScreeningError::BrokenRules)
}
