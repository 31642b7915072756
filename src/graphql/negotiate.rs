//! Which kind of answer a client wants, and whether what it sent is JSON.

use axum::http::{HeaderMap, header};

/// The kinds of answer that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`.
    GraphqlResponse,
    /// `application/json`, for a client that takes anything.
    Json,
    /// `application/json`, asked for by name.
    LegacyJson,
    /// `text/event-stream`.
    EventStream,
}

impl Media {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json | Self::LegacyJson => "application/json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
        }
    }

    /// The kind for an answer that is not a stream.
    pub(super) fn without_stream(self) -> Self {
        if self == Self::EventStream { Self::Json } else { self }
    }
}

/// The kind that `Accept` prefers; `None` if there is none that both sides have.
pub(super) fn accepted(headers: &HeaderMap) -> Option<Media> {
    let given: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if given.is_empty() {
        return Some(Media::Json);
    }
    let mut best: Option<(u16, Media)> = None;
    // Forty ranges are more than any client sends.
    for range in given.iter().flat_map(|list| list.split(',')).take(40) {
        let mut parts = range.split(';').map(str::trim);
        let media = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "application/graphql-response+json" => Media::GraphqlResponse,
            "application/json" => Media::LegacyJson,
            "text/event-stream" => Media::EventStream,
            "*/*" | "application/*" => Media::Json,
            _ => continue,
        };
        let parameters: Vec<&str> = parts.collect();
        if parameters.iter().any(|p| p.split_once('=').is_some_and(|(key, value)| !utf8(key, value))) {
            continue;
        }
        let weight = parameters.iter().find_map(|p| p.strip_prefix("q=")).map_or(1000, weight);
        // The first of equal weight wins; a range by name goes before one that takes anything.
        let beats = best.is_none_or(|(held, kind)| weight > held || (weight == held && kind == Media::Json));
        if weight > 0 && beats {
            best = Some((weight, media));
        }
    }
    best.map(|(_, media)| media)
}

fn utf8(key: &str, value: &str) -> bool {
    !key.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
}

/// A quality value in thousandths.
fn weight(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let thousandths = format!("{fraction:0<3}").get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    if whole == "1" { 1000 } else { thousandths }
}

/// Whether the body is declared as JSON in UTF-8. Declaring it makes a browser ask before it sends it for a foreign
/// page, so this check stands against forged requests too.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = value.split(';').map(str::trim);
    parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| parameter.split_once('=').is_none_or(|(key, value)| utf8(key, value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn the_preferred_kind_wins() {
        for (accept, want) in [
            ("application/json", Some(Media::LegacyJson)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Media::GraphqlResponse)),
            ("application/json;q=0.1, application/graphql-response+json;q=0.25", Some(Media::GraphqlResponse)),
            ("*/*", Some(Media::Json)),
            ("text/html, */*;q=0.1", Some(Media::Json)),
            ("text/event-stream", Some(Media::EventStream)),
            ("*/*, text/event-stream", Some(Media::EventStream)),
            ("application/json; charset=utf-8", Some(Media::LegacyJson)),
            ("application/json; charset=latin1", None),
            ("text/html", None),
            ("application/json;q=0", None),
        ] {
            assert_eq!(accepted(&with(header::ACCEPT, accept)), want, "{accept}");
        }
        assert_eq!(accepted(&HeaderMap::new()), Some(Media::Json));
    }

    #[test]
    fn only_json_in_utf8_is_read() {
        for (kind, want) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json; charset=utf-16", false),
            ("text/plain", false),
            ("multipart/form-data; boundary=x", false),
            ("application/x-www-form-urlencoded", false),
            ("application/jsonp", false),
        ] {
            assert_eq!(is_json(&with(header::CONTENT_TYPE, kind)), want, "{kind}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
