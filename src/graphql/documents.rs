//! Trusted documents: when this mode is on, only documents that were handed in beforehand run.

use std::{collections::HashMap, fmt::Write as _};

use aws_lc_rs::digest::{SHA256, digest};

/// The documents that may run, by the SHA-256 of their text in lower-case hexadecimal.
#[derive(Debug, Clone, Default)]
pub struct TrustedDocuments(HashMap<String, Document>);

#[derive(Debug, Clone)]
struct Document {
    name: String,
    text: String,
}

impl TrustedDocuments {
    /// Takes in documents as (name, text); the name is the file's, for the log and for `documentId`.
    pub fn new<N: Into<String>, T: Into<String>>(documents: impl IntoIterator<Item = (N, T)>) -> Self {
        let keyed = documents.into_iter().map(|(name, text)| {
            let text = text.into();
            (sha256_hex(&text), Document { name: name.into(), text })
        });
        Self(keyed.collect())
    }

    /// How many documents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no document can run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names and hashes of all documents, for a client's build or an operator's list.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(hash, document)| (document.name.as_str(), hash.as_str()))
    }

    /// The document that a request names by its hash (with or without the prefix `sha256:`) or brings along word for
    /// word. Both given must agree.
    pub(super) fn find(&self, hash: Option<&str>, text: Option<&str>) -> Option<&str> {
        let by_hash = match hash {
            Some(hash) => Some(self.0.get(hash.strip_prefix("sha256:").unwrap_or(hash))?),
            None => None,
        };
        let document = match (by_hash, text) {
            (Some(document), Some(text)) if document.text != text => return None,
            (Some(document), _) => document,
            (None, text) => self.0.get(&sha256_hex(text?))?,
        };
        Some(&document.text)
    }
}

/// SHA-256 of a text in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(text: &str) -> String {
    let bytes = digest(&SHA256, text.as_bytes());
    bytes.as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing into a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_handed_in_is_found() {
        let documents = TrustedDocuments::new([("one", "{a}")]);
        let hash = sha256_hex("{a}");
        assert_eq!(documents.find(Some(&hash), None), Some("{a}"));
        assert_eq!(documents.find(Some(&format!("sha256:{hash}")), Some("{a}")), Some("{a}"));
        assert_eq!(documents.find(None, Some("{a}")), Some("{a}"));
        assert_eq!(documents.find(Some(&hash), Some("{b}")), None);
        assert_eq!(documents.find(None, Some("{a }")), None);
        assert_eq!(documents.find(None, None), None);
        assert_eq!(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
