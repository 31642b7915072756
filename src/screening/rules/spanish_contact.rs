//! Spanish phrases with which somebody gives or asks for a way around this service, or says who somebody is.

use super::super::Category::{self, Email, Handle, Link, StreetAddress, ThirdPartyIdentity};

/// Category, detector, pattern.
pub(super) const RULES: &[(Category, &str, &str)] = &[
    // An e-mail address in words: ana arroba ejemplo punto com.
    (Email, "email.words.es", r"[a-z0-9._%+-]{2,} ?[\(\[]? ?arroba ?[\)\]]? ?[a-z0-9-]{2,}"),
    // What follows "mi correo es".
    (Email, "email.cue.es", r"mi (?:correo|email|mail)(?: electronico)? es [a-z0-9._]{3,}"),
    // A domain in words: ejemplo punto com.
    (Link, "link.words.es", r"[a-z0-9-]{2,} ?[\(\[]? ?punto ?[\)\]]? ?(?:com|net|org|mx|es|co|info|me|io)"),
    // Add, look for or write to me on a platform.
    (
        Handle,
        "handle.add.es",
        r"(?:agregame|agrega|agreguenme|anademe|sigueme|buscame|escribeme|escribe|contactame|mandame(?: un)? mensajes?|hablame|llamame|marcame|textea(?:me)?|encuentrame|mandame)(?: [a-z]+){0,2} (?:en|por|a|al) (?:mi )?(?:{platform})",
    ),
    // I am on a platform as, or have a name there.
    (
        Handle,
        "handle.as.es",
        r"(?:estoy|me encuentras|me puedes encontrar|salgo|aparezco|tengo) (?:en|por)? ?(?:{platform})(?: (?:como|soy|con)|,? (?:soy|mi))? [a-z0-9_.]*[0-9_][a-z0-9_.]*|(?:estoy|me encuentras|salgo|aparezco) en (?:{platform}) como",
    ),
    // My name on a platform.
    (
        Handle,
        "handle.mine.es",
        r"mi (?:usuario|cuenta|{platform})(?: (?:de|en) (?:{platform}))? es (?P<who>[a-z0-9_.]{2,})",
    ),
    // Let us go on with this on a platform.
    (
        Handle,
        "handle.move.es",
        r"(?:hablemos|platiquemos|chateemos|sigamos|seguimos|pasemos|mejor|podemos (?:hablar|seguir|platicar|escribirnos)|podriamos (?:hablar|seguir))(?: [a-z]+){0,2} (?:en|por|a) (?:{platform})",
    ),
    // Whether the other is on a platform.
    (
        Handle,
        "handle.ask.es",
        r"(?:tienes|estas en|usas|cual es tu|pasame tu|dame tu|mandame tu|enviame tu|me das tu) (?:{platform})",
    ),
    // Write to me directly.
    (Handle, "handle.direct.es", r"(?:mandame|escribeme|hablame)(?: un)? (?:(?:al|en|por) )?(?:inbox|privado|dm)"),
    // What is your number, address, surname.
    (
        Handle,
        "handle.ask_contact.es",
        r"(?:cual es|dame|pasame|me (?:das|pasas|puedes dar|puedes pasar|mandas)|mandame|comparteme|quiero|necesito|regalame) tu (?:numero|telefono|celular|cel|movil|correo|email|direccion|domicilio|apellido)",
    ),
    // Where the other lives.
    (Handle, "handle.ask_home.es", r"(?:en |a )?donde (?:vives|viven ustedes|queda tu casa|esta tu casa)"),
    // Where somebody lives: vivo en la calle Robles.
    (
        StreetAddress,
        "address.es",
        r"(?:vivo|vivimos|vive|viven) en (?:la |el )?(?:calle|avenida|colonia|fraccionamiento|privada) (?P<who>[a-z0-9]{2,})|mi (?:direccion|domicilio) es [a-z0-9]{2,}|codigo postal(?: es)?:? ?\d{4,5}",
    ),
    // The name of a child or of another person of the family.
    (
        ThirdPartyIdentity,
        "identity.child.es",
        r"(?:hij[oa]|nin[oa]|niet[oa]|sobrin[oa]|herman[oa]|hijastr[oa]|bebe|ella|el) se llama (?P<who>[a-z]{2,})",
    ),
    // Her, his or their name; one's own surname.
    (
        ThirdPartyIdentity,
        "identity.name.es",
        r"su (?:verdadero )?nombre (?:completo |real |verdadero )?es (?P<who>[a-z]{2,})",
    ),
    // One's own surname.
    (ThirdPartyIdentity, "identity.own.es", r"mi (?:apellido|nombre completo) es (?P<who>[a-z]{2,})"),
    // A date of birth.
    (
        ThirdPartyIdentity,
        "identity.born.es",
        r"fecha de nacimiento(?: es)?:? ?(?:el )?\d+|nacio el \d{1,2} de [a-z]+ del? \d{4}",
    ),
    // The name of the school that somebody goes to.
    (
        ThirdPartyIdentity,
        "identity.school.es",
        r"(?:va|asiste|estudia) (?:a|en) la (?:primaria|secundaria|preparatoria|prepa) (?P<who>[a-z]{3,})",
    ),
];
