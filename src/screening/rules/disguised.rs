//! Words that are found only where they were spelled out letter by letter, or written with figures in them: who writes so
//! does not want them to be recognised. Spaces between spelled words may
//! be gone, and no word need begin there.

use super::super::Category::{self, Crisis, Handle, Threat};

/// Category, detector, pattern; without edges of words around it.
pub(in crate::screening) const DISGUISED: &[(Category, &str, &str)] = &[
    // To kill, hurt or find somebody.
    (
        Threat,
        "threat.disguised",
        r"(?:kill|hurt|shoot|stab|murder|find) ?(?:you|u|her|him|them|your ?[a-z]+)|te ?(?:voy ?a ?)?(?:matar|mato|matare|encontrar)",
    ),
    // To die, to kill oneself.
    (
        Crisis,
        "crisis.disguised",
        r"(?:kill ?my ?self|suicide|to ?die|wanna ?die|kms|suicidar?me|matarme|quiero ?morir)",
    ),
    // The name of a platform.
    (
        Handle,
        "handle.disguised",
        r"whats ?app|telegram|snapchat|instagram|insta|discord|tik ?tok|facebook|messenger|wechat|viber|skype|roblox|signal",
    ),
];
