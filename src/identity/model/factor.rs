//! Factors beside the passphrase, and what stands for them at sign-in.

use jiff::SignedDuration;

use crate::kernel::Check;
use crate::kernel::states::texts;

/// The most factors that an account can have.
pub const MOST: usize = 10;
/// How long a challenge can be answered, and an enrolment confirmed.
pub const CHALLENGE_LIFETIME: SignedDuration = SignedDuration::from_mins(5);
/// Wrong codes after which a challenge is spent. The database knows the number too (`challenge_tries`).
pub const CHALLENGE_TRIES: i32 = 5;

texts! {
    /// What somebody shows beside their passphrase.
    pub enum FactorKind {
        /// An app that makes codes from a shared secret.
        Authenticator = "authenticator",
        /// A key in a device that checks its owner.
        Passkey = "passkey",
    }
}

texts! {
    /// What an open challenge is for.
    pub enum Purpose {
        /// The second step after a right passphrase.
        SignIn = "sign_in",
        /// A sign-in by a passkey and nothing else.
        PasskeySignIn = "passkey_sign_in",
        /// A new authenticator waits for its first code.
        EnrolAuthenticator = "enrol_authenticator",
        /// A new passkey is being made.
        EnrolPasskey = "enrol_passkey",
        /// An invitation is being accepted with a passkey.
        AcceptInvitation = "accept_invitation",
        /// Somebody who is signed in proves again who they are.
        Prove = "prove",
    }
}

/// Checks the name that somebody gives a factor: one line of 1 to 60 characters.
pub fn check_name(check: &mut Check, path: &str, name: &str) -> String {
    check.line(path, name, 1, 60)
}

/// How long nobody may try a code for an account after this many wrong ones in a row. Only codes are slowed down, never
/// passkeys and recovery codes: whoever guesses cannot keep the owner out.
#[must_use]
pub fn wait_after(failures: i32) -> SignedDuration {
    match failures {
        ..5 => SignedDuration::ZERO,
        5..10 => SignedDuration::from_secs(30_i64 << (failures - 5)),
        10.. => SignedDuration::from_mins(15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        let waits: Vec<i64> = (0..13).map(|failures| wait_after(failures).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(wait_after(i32::MAX).as_secs(), 900);
    }
}
