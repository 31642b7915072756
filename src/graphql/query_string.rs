//! The parameters of a GET, read from its query string.

use serde_json::{Map, Value as Json};

use super::engine::Params;
use super::json;

/// Reads `query`, `operationName`, `documentId`, and `variables` and `extensions` as JSON.
pub(super) fn read(query: &str) -> Result<Params, &'static str> {
    let mut object = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| decoded(text).ok_or("The query string is not UTF-8 in percent encoding.");
        let (key, value) = (decode(key)?, decode(value)?);
        let value = match key.as_str() {
            "query" | "operationName" | "documentId" => Json::String(value),
            "variables" | "extensions" => {
                json::read(value.as_bytes()).ok_or("`variables` and `extensions` must be JSON.")?
            }
            _ => continue,
        };
        if object.insert(key, value).is_some() {
            return Err("A parameter was given twice.");
        }
    }
    Params::from_json(Json::Object(object))
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_string_is_decoded() {
        let params = read("query=%7B+a%20%7D&variables=%7B%22x%22%3A1%7D&other=1").unwrap();
        assert_eq!((params.query.as_deref(), params.variables.len()), (Some("{ a }"), 1));
        for bad in ["", "query=%7", "query=%ff", "query=a&query=b", "query=a&variables=x", "query=a&variables=[]"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
