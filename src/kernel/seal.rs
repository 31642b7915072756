//! Sealed fields: what a thief of the disk must not read.
//!
//! AES-256-GCM-SIV (RFC 8452): a nonce that repeats by bad luck costs no secrecy of other texts. The additional data
//! binds a sealed value to its table, column and row, so that one cannot be moved to another. The first byte names the
//! form, which leaves room for a key hierarchy: [`Sealer`] is the only place that knows the key.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use uuid::Uuid;

use super::{Entropy, Error, Result};

const FORM: u8 = 1;

/// Where a sealed value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id.
    pub row: Uuid,
}

impl Place {
    /// The value of `column` in the row `row` of `table`.
    #[must_use]
    pub fn new(table: &'static str, column: &'static str, row: impl Into<Uuid>) -> Self {
        Self { table, column, row: row.into() }
    }

    fn aad(&self) -> Aad<Vec<u8>> {
        let mut bytes = Vec::with_capacity(64);
        for part in [self.table, self.column] {
            bytes.extend_from_slice(part.as_bytes());
            bytes.push(0);
        }
        bytes.extend_from_slice(self.row.as_bytes());
        Aad::from(bytes)
    }
}

/// Seals and opens texts.
#[derive(Clone)]
pub struct Sealer {
    key: Arc<LessSafeKey>,
    entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(..)")
    }
}

impl Sealer {
    /// A sealer with this key.
    pub fn new(key: &[u8; 32], entropy: Arc<dyn Entropy>) -> Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM_SIV, key).map_err(|_| Error::internal("sealing key"))?;
        Ok(Self { key: Arc::new(LessSafeKey::new(key)), entropy })
    }

    /// Seals a text for its place: form, nonce, ciphertext, tag.
    pub fn seal(&self, place: Place, text: &str) -> Result<Vec<u8>> {
        let mut nonce = [0_u8; NONCE_LEN];
        self.entropy.fill(&mut nonce);
        let mut body = text.as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place.aad(), &mut body)
            .map_err(|_| Error::internal("sealing failed"))?;
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + body.len());
        sealed.push(FORM);
        sealed.extend_from_slice(&nonce);
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens what was sealed for the same place with the same key; anything else is a fault.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<String> {
        let damaged = || Error::internal(format!("{}.{} of {} cannot be opened", place.table, place.column, place.row));
        let (form, rest) = sealed.split_first().ok_or_else(damaged)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or_else(damaged)?;
        if *form != FORM {
            return Err(damaged());
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let mut body = body.to_vec();
        let text = self.key.open_in_place(nonce, place.aad(), &mut body).map_err(|_| damaged())?;
        String::from_utf8(text.to_vec()).map_err(|_| damaged())
    }

    /// Seals a text that may be absent.
    pub fn seal_option(&self, place: Place, text: Option<&str>) -> Result<Option<Vec<u8>>> {
        text.map(|text| self.seal(place, text)).transpose()
    }

    /// Opens a value that may be absent.
    pub fn open_option(&self, place: Place, sealed: Option<&[u8]>) -> Result<Option<String>> {
        sealed.map(|sealed| self.open(place, sealed)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::SeededEntropy;

    #[test]
    fn a_sealed_text_opens_in_its_own_place_only() {
        let sealer = Sealer::new(&[7; 32], Arc::new(SeededEntropy::new(1))).unwrap();
        let here = Place::new("message", "body", Uuid::from_u128(1));
        let sealed = sealer.seal(here, "good morning").unwrap();
        assert_eq!(sealer.open(here, &sealed).unwrap(), "good morning");
        for elsewhere in [
            Place { row: Uuid::from_u128(2), ..here },
            Place { column: "note", ..here },
            Place { table: "case", ..here },
        ] {
            assert!(sealer.open(elsewhere, &sealed).is_err());
        }
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(sealer.open(here, &damaged).is_err(), "byte {at}");
        }
        assert!(sealer.open(here, &[]).is_err());
        assert!(sealer.open(here, &[FORM, 0]).is_err());
        let other = Sealer::new(&[8; 32], Arc::new(SeededEntropy::new(1))).unwrap();
        assert!(other.open(here, &sealed).is_err());
    }
}
