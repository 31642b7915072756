//! How passphrases are kept, and how much there is to guess.

use std::collections::BTreeSet;
use std::sync::Arc;

use kinward::identity::{InvitationCode, Passphrases};
use kinward::kernel::{Entropy as _, SystemEntropy};

#[tokio::test]
async fn passphrases_are_kept_as_argon2id_of_full_strength() {
    let passphrases = Passphrases::new(2, Arc::new(SystemEntropy));
    let hash = || passphrases.hash("a kettle under seven maples".to_owned().into());
    let (one, other) = (hash().await.unwrap(), hash().await.unwrap());
    assert_ne!(one, other, "no two people share a salt");
    for kept in [one, other] {
        let parts: Vec<&str> = kept.split('$').collect();
        assert_eq!(parts[1..4], ["argon2id", "v=19", "m=19456,t=2,p=1"], "{kept}");
        // 16 bytes of salt and 32 of the result, in base64 without padding.
        assert!(parts[4].len() >= 22 && parts[5].len() >= 43, "{kept}");
    }
}

#[test]
fn what_is_drawn_is_never_drawn_again() {
    let mut drawn = BTreeSet::new();
    for _ in 0..10_000 {
        let mut bytes = [0_u8; 16];
        SystemEntropy.fill(&mut bytes);
        assert!(drawn.insert(bytes), "the same 128 bits twice");
    }
    let codes: BTreeSet<String> = (0..1_000).map(|_| InvitationCode::generate(&SystemEntropy).spoken()).collect();
    assert_eq!(codes.len(), 1_000);
    // 16 characters of 32 kinds: 80 bits.
    assert!(codes.iter().all(|code| code.chars().filter(char::is_ascii_alphanumeric).count() == 16));
}
