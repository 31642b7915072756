//! Street addresses: a house number, a name, a kind of street.

use regex::Regex;

use super::ScreeningError;

/// Kinds of street that are seldom anything else.
const STRONG: &str =
    "street|str|avenue|ave|road|rd|boulevard|blvd|lane|ln|terrace|highway|hwy|parkway|pkwy|crescent|mews";
/// Kinds of street that are ordinary words too: they need a house number of two digits or more.
const WEAK: &str = "st|drive|dr|court|ct|place|pl|way|circle|cir|close|gardens|square|sq|grove";
const NUMBER: &str = r"(?:\d{1,5}[a-z]?|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine|hundred))*)";
/// Words that cannot stand between a house number and a street's kind.
const NEVER: &[&str] = &[
    "of",
    "the",
    "on",
    "in",
    "at",
    "to",
    "a",
    "an",
    "and",
    "or",
    "for",
    "from",
    "by",
    "with",
    "down",
    "up",
    "across",
    "years",
    "year",
    "days",
    "day",
    "weeks",
    "week",
    "months",
    "month",
    "hours",
    "hour",
    "minutes",
    "minute",
    "min",
    "mins",
    "miles",
    "mile",
    "kids",
    "children",
    "people",
    "families",
    "times",
    "time",
    "more",
    "us",
    "we",
    "i",
    "you",
    "she",
    "he",
    "they",
    "is",
    "was",
    "were",
    "are",
    "had",
    "have",
    "would",
    "could",
    "did",
    "s",
    "pm",
    "am",
    "this",
    "that",
    "our",
    "my",
    "her",
    "his",
    "long",
    "short",
    "half",
    "good",
    "bad",
    "different",
    "new",
    "some",
    "blocks",
    "block",
    "cars",
    "houses",
    "steps",
    "good",
    "better",
    "safe",
    "big",
    "step",
    "only",
    "same",
    "other",
    "percent",
    "dollars",
    "family",
    "juvenile",
    "youth",
];

/// Finds addresses in a folded text.
#[derive(Debug)]
pub(super) struct Addresses {
    street: Regex,
    other: Regex,
}

impl Addresses {
    pub(super) fn new() -> Result<Self, ScreeningError> {
        let build = |pattern: &str| Regex::new(pattern).map_err(|_| ScreeningError::BrokenRules);
        let street =
            format!(r"\b(?P<number>{NUMBER}) (?P<name>(?:[a-z0-9.-]+ ){{1,4}}?)(?:(?P<strong>{STRONG})|(?:{WEAK}))\b");
        let other = [
            r"\bp\.? ?o\.? box \d+",
            r"\b(?:apt|apartment|flat|unit|suite) ?#? ?\d+[a-z]?\b",
            r"\b(?:zip|zip ?code|post ?code|postal code)(?: is|:)? ?[a-z]{0,2}\d[a-z0-9]*",
            r"\b[a-z]{1,2}\d[a-z\d]? \d[abd-hjlnp-uw-z]{2}\b",
            r", ?[a-z]{2} \d{5}(?:-\d{4})?\b",
            r"\baddress[a-z :]{0,25} \d{1,5}[a-z]? [a-z]{2,}",
            r"\b(?:on|at|of) \d{1,3}(?:st|nd|rd|th) (?:and|&) (?:main|oak|pine|elm|maple|cedar|park|broadway|king|market|center|state|\d{1,3}(?:st|nd|rd|th) (?:st|street|ave))\b",
            r"\bcorner of [a-z0-9]{2,}(?: [a-z]+)? (?:and|&) [a-z0-9]{2,}",
            r"\b(?:rue|calle|avenida|rua|carrera) (?:[a-z]+ ){1,4}\d{1,5}\b",
            r"\b\d{1,5},? (?:rue|avenida|boulevard) [a-z]{2,}",
            r"\b[a-z]{2,}(?:strasse|straat|gade|gatan|vagen|katu|weg|laan) \d{1,5}\b",
            r"\b(?:live|lives|living|staying|address is|house is|home is) (?:at|on)? ?(?:number )?\d{1,5} [a-z]{3,}",
        ];
        Ok(Self { street: build(&street)?, other: build(&other.join("|"))? })
    }

    pub(super) fn find(&self, text: &str) -> Vec<(usize, usize)> {
        let mut found: Vec<_> = self.other.find_iter(text).map(|m| (m.start(), m.end())).collect();
        // A match that turns out to be ordinary may hide a later one: look on right behind its number.
        let mut from = 0;
        while let Some(captures) = text.get(from..).and_then(|rest| self.street.captures(rest)) {
            let (Some(whole), Some(number)) = (captures.get(0), captures.name("number")) else { break };
            let name = captures.name("name").map_or("", |m| m.as_str());
            let ordinary = name.split_whitespace().any(|word| NEVER.contains(&word));
            if !ordinary && (captures.name("strong").is_some() || number.len() >= 2) {
                found.push((from + whole.start(), from + whole.end()));
                from += whole.end();
            } else {
                from += number.end();
            }
        }
        found
    }
}
