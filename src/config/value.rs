//! The forms that a setting's value can have, each with its own reading and its own plain complaint.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// How a value is written in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// In quotes.
    Text,
    /// Digits without quotes.
    Number,
    /// `true` or `false` without quotes.
    Flag,
    /// Texts in brackets.
    List,
}

impl Shape {
    /// What to tell someone who wrote the value in another shape.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Text => "must be a text in quotes",
            Self::Number => "must be a whole number without quotes",
            Self::Flag => "must be true or false without quotes",
            Self::List => "must be a list of texts in brackets",
        }
    }
}

/// A type that a setting can have. `read` takes the text of an environment variable; complaints never repeat it.
pub(super) trait Setting: Sized {
    /// The form in words, for the sample file.
    const FORM: &'static str;
    /// How it stands in TOML.
    const SHAPE: Shape = Shape::Text;
    /// Whether it may come from a file of its own and is never shown.
    const SECRET: bool = false;

    fn read(text: &str) -> Result<Self, String>;
}

fn must_be<T: Setting>() -> String {
    format!("must be {}", T::FORM)
}

impl Setting for bool {
    const FORM: &'static str = "true or false";
    const SHAPE: Shape = Shape::Flag;

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| must_be::<Self>())
    }
}

impl Setting for u32 {
    const FORM: &'static str = "a whole number";
    const SHAPE: Shape = Shape::Number;

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| must_be::<Self>())
    }
}

impl Setting for String {
    const FORM: &'static str = "a text";

    fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() { Err("must not be empty".to_owned()) } else { Ok(text.to_owned()) }
    }
}

impl Setting for SocketAddr {
    const FORM: &'static str = "an address and a port, for example \"127.0.0.1:8080\" or \"[::1]:8080\"";

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| must_be::<Self>())
    }
}

impl Setting for Duration {
    const FORM: &'static str = "a number and its unit (s, m, h or d), for example \"90s\" or \"48h\"";

    fn read(text: &str) -> Result<Self, String> {
        let seconds = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)].into_iter().find_map(|(unit, seconds)| {
            let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
            number.checked_mul(seconds)
        });
        seconds.map(Self::from_secs).ok_or_else(must_be::<Self>)
    }
}

impl Setting for SecretString {
    const FORM: &'static str = "a text";
    const SECRET: bool = true;

    fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() { Err("must not be empty".to_owned()) } else { Ok(Self::from(text)) }
    }
}

/// An absent value is written as an empty text.
impl<T: Setting> Setting for Option<T> {
    const FORM: &'static str = T::FORM;
    const SHAPE: Shape = T::SHAPE;
    const SECRET: bool = T::SECRET;

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { T::read(text).map(Some) }
    }
}

/// An origin of the web (RFC 6454): scheme, host and port, without a path. Plain `http` is taken only for this very
/// machine, because sign-ins would otherwise cross the network in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// As browsers send it: `https://kinward.example`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether people reach it over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl std::str::FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::read(text)
    }
}

impl Setting for Origin {
    const FORM: &'static str = "scheme, host and port without a path, for example \"https://kinward.example\"";

    fn read(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase();
        let (scheme, authority) = lower.split_once("://").ok_or_else(must_be::<Self>)?;
        let (host, port) = match authority.rsplit_once(':') {
            // The colons of an IPv6 address stand inside brackets.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let host_fits = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(c));
        let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        if !(["http", "https"].contains(&scheme) && host_fits && port_fits) {
            return Err(must_be::<Self>());
        }
        if scheme == "http" && !["localhost", "127.0.0.1", "[::1]"].contains(&host) {
            return Err("must begin with https://, except for localhost".to_owned());
        }
        Ok(Self(lower))
    }
}

impl Setting for Vec<Origin> {
    const FORM: &'static str = "a list of origins, for example [\"https://kinward.example\"]; separated by commas in \
                                the environment";
    const SHAPE: Shape = Shape::List;

    fn read(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| Origin::read(part).map_err(|reason| format!("holds an entry that {reason}"))).collect()
    }
}

impl Setting for Vec<IpNet> {
    const FORM: &'static str = "a list of networks or addresses, for example [\"10.0.0.0/8\", \"::1\"]; separated by \
                                commas in the environment";
    const SHAPE: Shape = Shape::List;

    fn read(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from)).ok();
        parts.map(network).collect::<Option<_>>().ok_or_else(must_be::<Self>)
    }
}

/// The issuer of an OpenID provider: its address exactly as it names itself in its tokens (OpenID Connect Discovery 1.0,
/// section 3: scheme, host, perhaps port and path, no query). Plain `http` is taken only for this very machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(String);

impl Issuer {
    /// As it was given, letter for letter: issuers are compared so.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this machine, spoken to in the clear.
    pub fn is_here(&self) -> bool {
        self.0.starts_with("http:")
    }
}

impl std::str::FromStr for Issuer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::read(text)
    }
}

impl Setting for Issuer {
    const FORM: &'static str = "the address as the provider names itself, for example \"https://login.example/tenant\"";

    fn read(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").ok_or_else(must_be::<Self>)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        Origin::read(&format!("{scheme}://{authority}"))?;
        let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "-._~%:/@".contains(c));
        if plain && text.len() <= 300 { Ok(Self(text.to_owned())) } else { Err(must_be::<Self>()) }
    }
}

impl Setting for Vec<String> {
    const FORM: &'static str = "a list of texts; separated by commas in the environment";
    const SHAPE: Shape = Shape::List;

    fn read(text: &str) -> Result<Self, String> {
        Ok(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
    }
}

/// A key of 32 bytes. Never shown, wiped when dropped.
pub struct SecretKey(SecretBox<[u8; 32]>);

impl SecretKey {
    /// The bytes, for handing to the crypto library and nothing else.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }

    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.expose().ct_eq(other.expose()).into()
    }
}

impl Clone for SecretKey {
    fn clone(&self) -> Self {
        Self(SecretBox::new(Box::new(*self.expose())))
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey([hidden])")
    }
}

/// Keys are pasted from many tools; some leave the padding out.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

impl Setting for SecretKey {
    const FORM: &'static str = "32 random bytes in base64 (`openssl rand -base64 32` makes them)";
    const SECRET: bool = true;

    fn read(text: &str) -> Result<Self, String> {
        let engines =
            [GeneralPurpose::new(&alphabet::STANDARD, LENIENT), GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT)];
        let bytes = engines.iter().find_map(|engine| engine.decode(text).ok()).map(Zeroizing::new);
        let bytes = bytes.ok_or_else(must_be::<Self>)?;
        let mut key = Zeroizing::new([0_u8; 32]);
        if bytes.len() != key.len() {
            return Err(format!("{}; these are {} bytes", must_be::<Self>(), bytes.len()));
        }
        key.copy_from_slice(&bytes);
        if key.iter().collect::<std::collections::BTreeSet<_>>().len() < 8 {
            return Err("is no random key: too many bytes are the same".to_owned());
        }
        Ok(Self(SecretBox::new(Box::new(*key))))
    }
}

impl Setting for Vec<SecretKey> {
    const FORM: &'static str = "a list of keys, each 32 random bytes in base64; separated by commas or on lines of their \
                                own in the environment or in a file";
    const SHAPE: Shape = Shape::List;
    const SECRET: bool = true;

    fn read(text: &str) -> Result<Self, String> {
        let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
        parts.map(|part| SecretKey::read(part).map_err(|reason| format!("holds an entry that {reason}"))).collect()
    }
}

/// How the nodes tell each other what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BusKind {
    /// Inside this process only: right for a single node.
    Local,
    /// Through a NATS server: needed for several nodes.
    Nats,
}

impl Setting for BusKind {
    const FORM: &'static str = "\"local\" or \"nats\"";

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "local" => Ok(Self::Local),
            "nats" => Ok(Self::Nats),
            _ => Err(must_be::<Self>()),
        }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For a person at a terminal.
    Text,
    /// One JSON object a line, for a collector.
    Json,
}

impl Setting for LogFormat {
    const FORM: &'static str = "\"text\" or \"json\"";

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(must_be::<Self>()),
        }
    }
}
