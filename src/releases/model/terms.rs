//! What a family member reads before signing. A change of the words is a new version; the words that were signed are kept
//! with the signature.

use crate::kernel::terms::TextLanguage;

/// The version of the text in all languages.
pub const TERMS_VERSION: &str = "2026-11";

const ENGLISH: &str = "\
What this means

You decide what leaves this programme. If you sign, a coordinator may tell the one person and organisation named here \
only the things that you confirm one by one, only for the purpose written here, and only until the day shown.

You do not have to sign. Your mentor, your sessions and everything else here stay the same if you say no, and if you \
change your mind later. Nobody may make their help depend on it.

You can take it back at any time, without a reason: here, or by telling a coordinator. From that moment nothing more is \
told. What was told before cannot be taken back from the receiver.

The receiver may have to follow other rules than we do, and may be made to pass on what they know. What was told can be \
seen by others there. It may also tell somebody that you are in touch with a programme like ours. Think about who could \
learn of it, and whether that is safe for you.

No child's name and no address is told. Each time something is told, you see it in your family's ledger: what, when and \
to whom.

Ask a coordinator about anything that is not clear. You may take as much time as you want.";

const SPANISH: &str = "\
Qué significa esto

Usted decide qué sale de este programa. Si firma, la coordinación podrá contar a la única persona y organización \
nombradas aquí solo las cosas que usted confirme una por una, solo para el fin escrito aquí y solo hasta el día que se \
muestra.

No tiene que firmar. Su mentora o mentor, sus sesiones y todo lo demás siguen igual si dice que no, y también si más \
tarde cambia de idea. Nadie puede condicionar su ayuda a esto.

Puede retirarlo en cualquier momento y sin dar razones: aquí, o diciéndoselo a la coordinación. Desde ese momento no se \
cuenta nada más. Lo que ya se contó no se puede recuperar de quien lo recibió.

Quien recibe la información puede tener reglas distintas de las nuestras y puede verse obligado a transmitir lo que sabe. \
Otras personas de allí pueden verlo. También puede revelar que usted está en contacto con un programa como el nuestro. \
Piense quién podría enterarse y si eso es seguro para usted.

No se cuenta el nombre de ninguna niña o niño, ni ninguna dirección. Cada vez que se cuenta algo, usted lo ve en el \
registro de su familia: qué, cuándo y a quién.

Pregunte a la coordinación todo lo que no esté claro. Puede tomarse el tiempo que quiera.";

/// The text in this language, as it is shown and kept.
#[must_use]
pub const fn terms(language: TextLanguage) -> &'static str {
    match language {
        TextLanguage::English => ENGLISH,
        TextLanguage::Spanish => SPANISH,
    }
}
