//! English phrases with which somebody gives or asks for a way around this service, or says who somebody is.

use super::super::Category::{self, Email, Handle, Link, ThirdPartyIdentity};

/// Category, detector, pattern.
pub(super) const RULES: &[(Category, &str, &str)] = &[
    // An e-mail address as it is written, also with spaces in it.
    (Email, "email.plain", r"[a-z0-9._%+-]+ ?@ ?[a-z0-9-]+(?: ?\. ?[a-z0-9-]+)* ?\. ?[a-z]{2,}"),
    // An e-mail address in words: pat at example dot com.
    (
        Email,
        "email.words",
        r"[a-z0-9._%+-]{2,}(?: ?[\(\[\{<] ?at ?[\)\]\}>] ?| at )[a-z0-9-]{2,}(?: ?[\(\[\{<] ?dot ?[\)\]\}>] ?| dot | ?\. ?| period )(?:com|org|net|edu|gov|io|co|uk|us|ca|au|de|fr|mx)",
    ),
    // A mail provider that somebody is at or on.
    (
        Email,
        "email.provider",
        r"(?:at|@|arroba|on|my|is) ?(?:gmail|g mail|yahoo|hotmail|outlook|icloud|proton ?mail|aol)",
    ),
    // What follows "my email is".
    (Email, "email.cue", r"my e-?mail(?: address)? is [a-z0-9._]{3,}"),
    // A domain in words: example dot com.
    (Link, "link.words", r"[a-z0-9-]{2,}(?: ?[\(\[\{] ?dot ?[\)\]\}] ?| dot )(?:{ending})"),
    // A link whose beginning was broken up: hxxp, www dot.
    (Link, "link.broken", r"(?:h(?:tt|xx)ps?|www)(?: ?: ?/ ?/ ?| ?\. ?| dot )[a-z0-9-]{2,}"),
    // A domain whose dot stands in brackets, or apart: example[.]com, example . com.
    (
        Link,
        "link.dot",
        r"[a-z0-9-]{2,} ?[\(\[\{<] ?(?:\.|dot|punto) ?[\)\]\}>] ?[a-z]{2,}|[a-z0-9-]{2,} \. ?(?:com|org|net|info|xyz|gg)",
    ),
    // A name behind the name of a platform: insta: pat.
    (
        Handle,
        "handle.is",
        r"(?:{platform})(?: (?:name|handle|user ?name|user|id|account|number))?(?: ?[:=@]+ ?| is @)[a-z0-9_.]{3,}",
    ),
    // My name on a platform.
    (
        Handle,
        "handle.mine",
        r"my (?:{platform})(?: (?:name|handle|user ?name|user|id|account|number|tag))? (?:is|its) (?P<who>[a-z0-9_.]{2,})",
    ),
    // My user name, wherever it is.
    (Handle, "handle.name", r"(?:my|our) (?:user ?name|handle|gamer ?tag|screen ?name)s? (?:is|on|there)"),
    // A name with figures or underscores on a platform.
    (Handle, "handle.on", r"[a-z]*[0-9_][a-z0-9_.]* (?:on|in|at) (?:{platform})"),
    // Add, follow or write to me on a platform.
    (
        Handle,
        "handle.add",
        r"(?:add|follow|find|message|msg|dm|text|hit|reach|write|call|contact|ping|look|search)(?: (?:me|us|for me|to me))(?: up)? (?:on|at|in|via|through|over)(?: my)? (?:{platform})",
    ),
    // Where and under which name somebody is found.
    (
        Handle,
        "handle.as",
        r"(?:im|i am|find me|youll find me|you can find me|look for me|its me) (?:on|at|in) (?:{platform}) (?:as|under|with|by|its|named)",
    ),
    // Let us go on with this on a platform.
    (
        Handle,
        "handle.move",
        r"(?:lets|let us|can we|could we|shall we|we can|we could|we should|why dont we|id rather)(?: [a-z]+){0,3} (?:on|to|over|via|through) (?:{platform})",
    ),
    // Whether the other is on a platform.
    (
        Handle,
        "handle.ask",
        r"(?:are you|do you have|whats your|what is your|have you got|give me your) (?:on )?(?:{platform})",
    ),
    // Write to me directly.
    (Handle, "handle.direct", r"(?:dm|pm) me"),
    // What is your number, address, surname.
    (
        Handle,
        "handle.ask_contact",
        r"(?:whats|what is|give me|send me|can i have|can i get|i want|share|may i have) your (?:phone|number|phone number|cell|mobile|email|e-mail|address|home address|last name|surname)",
    ),
    // Where the other lives.
    (
        Handle,
        "handle.ask_home",
        r"where (?:do (?:you|u)|does your (?:{child})) live|where (?:is|s) your (?:house|home|apartment|flat|place)",
    ),
    // A platform by its picture: the app with the ghost.
    (
        Handle,
        "handle.hinted",
        r"(?:blue bird|bird|yellow ghost|ghost|paper plane|purple camera|green phone) app|app with (?:the|a) (?:(?:blue|yellow|white|green|purple|little) )?(?:ghost|bird|camera|paper plane|plane|phone)",
    ),
    // The name of a child or of another person of the family.
    (
        ThirdPartyIdentity,
        "identity.child",
        r"(?:{child})s? (?:full |real |first |last |sur)?(?:name ?is|names|is called|is named|named|called) (?P<who>[a-z]{2,})",
    ),
    // Her, his or their name.
    (
        ThirdPartyIdentity,
        "identity.name",
        r"(?:her|his|their)(?: full| real| first| last)? (?:sur)?name(?: is|s) (?P<who>[a-z]{2,})",
    ),
    // The name of the school that somebody goes to.
    (
        ThirdPartyIdentity,
        "identity.school",
        r"(?:goes to|attends|enrolled (?:at|in)|student at) (?P<who>[a-z]{3,})(?: [a-z]+)? (?:elementary|middle|high|primary|secondary|grammar) ?(?:school)?",
    ),
    // A date of birth or a number that identifies somebody.
    (
        ThirdPartyIdentity,
        "identity.born",
        r"(?:date of birth|dob|birthdate|ssn|social security number)(?: is| was|:)? ?#? ?\d+",
    ),
    // One's own surname.
    (ThirdPartyIdentity, "identity.own", r"my (?:last name|surname|full name|family name) is (?P<who>[a-z]{2,})"),
];
