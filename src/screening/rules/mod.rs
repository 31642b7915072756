//! The phrases, as patterns over folded text (small letters, no apostrophes, single spaces).
//!
//! Each is bounded on both sides by word edges when it is built. `{…}` names a list below.

mod conduct;
mod contact;
mod crisis;
mod disguised;
mod other;
mod spanish;
mod spanish_contact;

use super::Category;

pub(super) use disguised::DISGUISED;
pub(super) use other::CRIES_IN_SCRIPTS;

/// Domain endings that make `name.ending` a link even without a scheme.
pub(super) const ENDINGS: &str = "com|org|net|edu|gov|mil|io|co|me|uk|us|ca|au|nz|ie|de|fr|es|it|nl|mx|br|in|info|biz|app|dev|gg|ly|tv|xyz|online|site|club|link|live|chat|page|shop|tk|ru|cn|ph|za";

/// Lists that patterns name.
pub(super) const LISTS: &[(&str, &str)] = &[
    ("{ending}", ENDINGS),
    (
        "{platform}",
        "insta|instagram|ig|snap|snapchat|whats ?app|telegram|discord|tik ?tok|facebook|fb|messenger|kik|wechat|viber|twitter|roblox|skype|facetime|signal|threads|bluesky|linkedin|reddit|imessage|wasap|wassap|watsap|guasap",
    ),
    (
        "{pay}",
        "venmo|cash ?app|zelle|pay ?pal|western union|money ?gram|bitcoin|crypto|apple pay|google pay|gift ?cards?|bank transfer|iban|routing number|sort code",
    ),
    // Places where two people could meet.
    (
        "{place}",
        "starbucks|mcdonalds|burger king|dennys|walmart|mall|park|(?:bus |train |subway |gas )?station|bus stop|parking lot|car park|cafe|coffee shop|diner|restaurant|hotel|motel|airport|library|church|gym|bar|pub|beach|corner|bridge|playground|supermarket|market|food court",
    ),
    (
        "{lugar}",
        "parque|centro comercial|mall|estacion|hotel|motel|estacionamiento|cafe|cafeteria|restaurante|gasolinera|parada|esquina|bar|biblioteca|iglesia|aeropuerto|plaza|playa|tienda|starbucks|mcdonalds|walmart|oxxo|mercado|terminal|metro",
    ),
    ("{self}", "myself|himself|herself|themself|themselves|my self|yourself"),
    ("{one}", "he|she|they|someone|somebody|my ex|the man|this man|a man|the guy"),
    (
        "{child}",
        "daughter|son|child|girl|boy|kid|baby|niece|nephew|granddaughter|grandson|grandchild|stepdaughter|stepson|foster (?:child|son|daughter)|sister|brother",
    ),
    (
        "{insult}",
        "idiot|stupid|useless|pathetic|liar|loser|moron|dumb|worthless|disgusting|fool|scum|trash|garbage|imbecile|bad (?:mother|father|parent|mom|dad)",
    ),
];

/// Every rule: category, detector, pattern.
pub(super) fn all() -> impl Iterator<Item = (Category, &'static str, &'static str)> {
    let told = [contact::RULES, conduct::RULES, crisis::RULES, spanish_contact::RULES, spanish::RULES];
    let cries = other::CRIES.iter().map(|cry| (Category::Crisis, "crisis.other", *cry));
    told.into_iter().flatten().copied().chain(cries)
}

/// Threats that cannot wait in the queue: to somebody's life, and of who has a weapon at hand.
pub(super) const URGENT: &[&str] =
    &["threat.kill", "threat.weapon", "threat.kill.es", "threat.weapon.es", "threat.disguised"];

/// Findings that overlap with these words are taken back: they do not say what they seem to.
pub(super) const NOT_MEANT: &[(Category, &str)] = &[
    // Nobody is suicidal, or it is about those who help.
    (
        Category::Crisis,
        r"(?:not|never|isnt|arent|wasnt) (?:feeling )?suicidal|suicide (?:prevention|hotline|lifeline|awareness|helpline)|(?:no|nunca) (?:es|esta|soy|estoy|era) suicida|(?:prevencion|linea)(?: de ayuda)? (?:del|contra el|de) suicidio",
    ),
    // To die of laughter, hunger, shame.
    (
        Category::Crisis,
        r"mor(?:ir|irme|irse|ia) de (?:risa|hambre|sueno|ganas|verguenza|frio|calor|cansancio|pena|aburrimiento|amor)",
    ),
    // Not to be able to later; to live somewhere no longer; to have one's hair cut.
    (
        Category::Crisis,
        r"no puedo mas (?:que|tarde|temprano|pronto|de)|vivir mas (?:aqui|en|con|cerca|tranquil[oa]s?)|cortar(?:me|se) (?:el|las) (?:pelo|cabello|unas|dedo)",
    ),
    // What somebody says that they will do, or have in their hands, is a threat and no cry for help.
    (
        Category::Crisis,
        r"(?:i|we|im|i am|ill|i will|we are|imma|ima|well|we will)(?: going to| gonna| will)? (?:(?:kill|hurt|shoot|stab|beat|take) (?:her|him|them|you)|find (?:her|him|them|you) (?:an?|some|the|new|better|good))|(?:i|we|ive|weve|im|i am)(?: have| got| have got)? (?:have|got|holding|with) (?:a |the |my )?(?:gun|knife|weapon)",
    ),
    // To say that the other is not so.
    (Category::Abuse, r"no eres (?:una? |tan )?[a-z]+"),
    // An idiom of sympathy.
    (Category::Threat, r"i know where (?:you|he|she|they) (?:are|is) (?:coming|going with)"),
];

/// Words that follow "my instagram is" or "her name is" without being a name.
pub(super) const NOT_NAMES: &[&str] = &[
    "not",
    "private",
    "public",
    "gone",
    "deleted",
    "closed",
    "down",
    "off",
    "blocked",
    "hacked",
    "disabled",
    "locked",
    "my",
    "the",
    "a",
    "an",
    "in",
    "on",
    "at",
    "full",
    "still",
    "now",
    "safe",
    "never",
    "kept",
    "me",
    "us",
    "out",
    "for",
    "back",
    "this",
    "to",
    "and",
    "or",
    "it",
    "him",
    "her",
    "them",
    "after",
    "all",
    "so",
    "too",
    "very",
    "known",
    "secret",
    "being",
    "home",
    "yesterday",
    "today",
    "last",
    "again",
    "crying",
    "from",
    "that",
    "our",
    "your",
    "his",
    "their",
    "here",
    "there",
    "special",
    "important",
    "protected",
    "hard",
    "different",
    "no",
    "mom",
    "mum",
    "dad",
    "grandma",
    "when",
    "because",
    "local",
    "cleared",
    "everywhere",
    "already",
    "with",
    "by",
    "of",
    "just",
    "open",
    "empty",
    "old",
    "new",
    "only",
    "called",
    "high",
    "middle",
    "elementary",
    "public",
    "about",
    "names",
    "something",
    "part",
    "up",
    "people",
    "every",
    "as",
    "is",
    "was",
    "then",
    "la",
    "el",
    "los",
    "las",
    "asi",
    "igual",
    "como",
    "que",
    "en",
    "de",
    "con",
    "por",
    "todos",
    "cada",
    "para",
    "desde",
    "sin",
    "pero",
    "cerca",
    "sola",
    "solo",
    "otra",
    "nueva",
    "publica",
    "del",
    "donde",
    "aqui",
    "aunque",
    "muy",
    "hace",
    "privada",
    "privado",
    "mia",
    "mi",
    "tu",
    "su",
    "lo",
];
