//! The table of all settings, and the typed structs made from it.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;
use tracing_subscriber::EnvFilter;

use super::errors::Fault;
use super::far::{database_url, nats_url};
use super::sources::Values;
use super::value::{BusKind, Issuer, LogFormat, Origin, SecretKey, Setting, Shape};

/// One line of the table, for the sample file and for telling known names from unknown ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) section: &'static str,
    pub(super) key: &'static str,
    pub(super) doc: &'static [&'static str],
    pub(super) form: &'static str,
    pub(super) shape: Shape,
    pub(super) secret: bool,
    /// As it would stand in the environment; none when the setting must be given.
    pub(super) default: Option<&'static str>,
}

impl Field {
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }

    pub(super) fn variable(&self) -> String {
        format!("KINWARD_{}__{}", self.section.to_uppercase(), self.key.to_uppercase())
    }
}

/// Turns what the sources gave into typed values and notes every fault on the way.
pub(super) struct Reader {
    values: Values,
    faults: Vec<Fault>,
}

impl Reader {
    pub(super) fn new(values: Values, faults: Vec<Fault>) -> Self {
        Self { values, faults }
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    fn get<T: Setting>(&mut self, field: &Field, check: impl FnOnce(&T) -> Result<(), String>) -> Option<T> {
        let name = field.name();
        let (text, source) = match (self.values.remove(&(field.section, field.key)), field.default) {
            (Some(Ok(given)), _) => (given.text, Some(given.source)),
            // The source itself was faulty, and that has been told already.
            (Some(Err(())), _) => return None,
            (None, Some(default)) => (default.to_owned().into(), None),
            (None, None) => {
                self.faults.push(Fault::new(&name, missing(field)));
                return None;
            }
        };
        let read = T::read(&text).and_then(|value| check(&value).map(|()| value));
        read.map_err(|reason| self.faults.push(Fault { setting: name, source, reason })).ok()
    }
}

fn missing(field: &Field) -> String {
    let variable = field.variable();
    let by_file = if field.secret { format!(", {variable}_FILE") } else { String::new() };
    format!(
        "is not set; give {variable}{by_file} or `{}` in [{}] of the settings file: {}",
        field.key, field.section, field.form
    )
}

macro_rules! settings {
    ($(
        $(#[doc = $section_doc:literal])+
        $section:ident: $Section:ident {
            $( $(#[doc = $doc:literal])+ $key:ident: $kind:ty = $default:expr, $check:expr; )+
        }
    )+) => {
        /// Everything an operator decides, checked.
        #[derive(Debug, Clone)]
        pub struct Settings { $( $(#[doc = $section_doc])+ pub $section: $Section, )+ }

        impl Settings {
            pub(super) fn read(reader: &mut Reader) -> Option<Self> {
                // Every section is read before the first missing one ends it, so that all faults are found.
                $( let $section = $Section::read(reader); )+
                Some(Self { $( $section: $section?, )+ })
            }
        }

        $(
            $(#[doc = $section_doc])+
            #[derive(Debug, Clone)]
            pub struct $Section { $( $(#[doc = $doc])+ pub $key: $kind, )+ }

            impl $Section {
                fn read(reader: &mut Reader) -> Option<Self> {
                    $( let $key = reader.get::<$kind>(&fields::$section::$key, $check); )+
                    Some(Self { $( $key: $key?, )+ })
                }
            }
        )+

        /// The lines of the table, one constant each.
        mod fields {
            use super::*;
            $( #[expect(non_upper_case_globals, reason = "named as the settings are")] pub(super) mod $section {
                use super::*;
                $( pub(in super::super) const $key: Field = Field {
                    section: stringify!($section),
                    key: stringify!($key),
                    doc: &[$($doc),+],
                    form: <$kind as Setting>::FORM,
                    shape: <$kind as Setting>::SHAPE,
                    secret: <$kind as Setting>::SECRET,
                    default: $default,
                }; )+
            } )+
        }

        /// All lines in the order of the sample file.
        pub(super) const FIELDS: &[Field] = &[$( $( fields::$section::$key, )+ )+];
        /// The sections with what each is about.
        pub(super) const SECTIONS: &[(&str, &[&str])] = &[$( (stringify!($section), &[$($section_doc),+]), )+];
    };
}

/// The setting has no default: it must be given.
const REQUIRED: Option<&str> = None;

#[expect(clippy::unnecessary_wraps, reason = "the table wants a check for every setting")]
fn any<T>(_: &T) -> Result<(), String> {
    Ok(())
}

fn within(range: RangeInclusive<u32>) -> impl FnOnce(&u32) -> Result<(), String> {
    move |value| {
        let message = || format!("must be from {} to {}", range.start(), range.end());
        range.contains(value).then_some(()).ok_or_else(message)
    }
}

fn lasting(least: &'static str, most: &'static str) -> impl FnOnce(&Duration) -> Result<(), String> {
    move |value| {
        let fits = *value >= Duration::read(least)? && *value <= Duration::read(most)?;
        fits.then_some(()).ok_or_else(|| format!("must be from {least} to {most}"))
    }
}

/// A number of days, from one on.
fn whole_days(most: u64) -> impl FnOnce(&Duration) -> Result<(), String> {
    const DAY: u64 = 86_400;
    move |value| {
        let fits = value.as_secs() % DAY == 0 && (DAY..=most * DAY).contains(&value.as_secs());
        fits.then_some(()).ok_or_else(|| format!("must be a whole number of days, from 1d to {most}d"))
    }
}

/// Every promise of the programme is kept between a minute and two months.
fn clock() -> impl FnOnce(&Duration) -> Result<(), String> {
    lasting("1m", "60d")
}

/// Every further key is one more that a thief could use.
fn few<T>(list: &[T]) -> Result<(), String> {
    (list.len() <= 4).then_some(()).ok_or_else(|| "must name at most 4".to_owned())
}

/// The role's name goes into a statement that takes no parameters, so nothing but plain letters may stand in it.
fn role_name(name: &str) -> Result<(), String> {
    let plain = name.len() <= 63
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    plain.then_some(()).ok_or_else(|| "must be lower-case letters, digits and _, a letter first".to_owned())
}

/// The path is put behind `server.public_url`, and the provider compares the whole letter by letter.
fn redirect_path(path: &str) -> Result<(), String> {
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 100
        && path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c));
    plain.then_some(()).ok_or_else(|| "must be a path such as /signed-in".to_owned())
}

fn amr(list: &[String]) -> Result<(), String> {
    let word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let fits = list.len() <= 40 && list.iter().all(|entry| entry.len() <= 60 && entry.split('+').all(word));
    fits.then_some(()).ok_or_else(|| "must be words such as mfa, or several joined by +".to_owned())
}

fn acr(list: &[String]) -> Result<(), String> {
    let plain = |level: &String| level.len() <= 100 && level.chars().all(|c| c.is_ascii_graphic());
    (list.len() <= 10 && list.iter().all(plain))
        .then_some(())
        .ok_or_else(|| "must be at most 10 plain words".to_owned())
}

fn log_filter(filter: &str) -> Result<(), String> {
    EnvFilter::try_new(filter)
        .map(drop)
        .map_err(|_| "must be a filter such as \"info\" or \"kinward=debug,warn\"".to_owned())
}

settings! {
    /// Where the service listens and what it opens to whom.
    server: Server {
        /// Where the service listens. A reverse proxy with TLS belongs in front of it.
        listen: SocketAddr = Some("127.0.0.1:8080"), any;
        /// The origin under which people reach the service; stands in the tokens that it issues.
        public_url: Origin = Some("http://127.0.0.1:8080"), any;
        /// Origins besides `public_url` whose pages may open a WebSocket.
        allowed_origins: Vec<Origin> = Some(""), any;
        /// Networks of the reverse proxies whose `X-Forwarded-For` is believed. Without them everybody behind a proxy counts as one caller.
        trusted_proxies: Vec<IpNet> = Some(""), any;
        /// Run only the documents of `graphql/operations`, and refuse every other.
        trusted_documents: bool = Some("false"), any;
        /// Answer questions about the schema, and suggest names in errors.
        introspection: bool = Some("false"), any;
        /// Serve the GraphiQL page at `/graphiql`.
        graphiql: bool = Some("false"), any;
        /// How long requests in flight may still take after a stop was asked for.
        shutdown_grace: Duration = Some("20s"), lasting("1s", "5m");
    }
    /// Where everything is kept.
    database: Database {
        /// `sqlite://FILE?mode=rwc` for one node, or `postgres://USER@HOST/NAME` (version 15 or later), with `?sslmode=verify-full` if the server is another machine. May hold a passphrase, so it is treated as a secret.
        url: SecretString = REQUIRED, database_url;
        /// Most connections open at once: readers beside the one writer on SQLite, all of them on PostgreSQL.
        max_connections: u32 = Some("10"), within(2..=200);
        /// PostgreSQL role that the running service takes on; it can neither change nor remove audit entries.
        runtime_role: String = Some("kinward_app"), |name| role_name(name);
    }
    /// Secrets. `token_signing`, `sealing` and `source_hash` are needed, and no two keys may be the same.
    keys: Keys {
        /// Seed of the Ed25519 key that signs access tokens.
        token_signing: SecretKey = REQUIRED, any;
        /// The key that is to sign next. It is published already, and tokens signed with it are good. Empty when no change of keys is under way.
        token_signing_next: Option<SecretKey> = Some(""), any;
        /// Keys that signed until lately. Their tokens are good until the key is taken out, which may be done ten minutes after it last signed.
        token_signing_former: Vec<SecretKey> = Some(""), |keys| few(keys);
        /// Key that seals message bodies, notes and names in the database. Without it they are lost.
        sealing: SecretKey = REQUIRED, any;
        /// Key of the hash that stands for a network address in the audit log.
        source_hash: SecretKey = REQUIRED, any;
    }
    /// How the nodes tell each other what happened.
    bus: Bus {
        /// `local` for one node, `nats` for several.
        kind: BusKind = Some("local"), any;
        /// `tls://HOST:4222`, or `nats://` if the server is this machine; may hold a passphrase, so it is treated as a secret.
        nats_url: Option<SecretString> = Some(""), |url| nats_url(url.as_ref());
    }
    /// What one caller may ask of the service.
    limits: Limits {
        /// Most levels that a GraphQL document may nest.
        graphql_depth: u32 = Some("12"), within(3..=50);
        /// Most cost of a GraphQL document: its fields, multiplied by the page sizes above them.
        graphql_cost: u32 = Some("5000"), within(100..=1_000_000);
        /// Most cost that one caller spends in a minute on one node; a mutation costs twenty times its fields. Who is not signed in pays together with all from the same address.
        caller_cost: u32 = Some("240000"), within(1000..=1_000_000_000);
        /// Most aliases in a GraphQL document.
        graphql_aliases: u32 = Some("30"), within(0..=1000);
        /// Most directives in a GraphQL document.
        graphql_directives: u32 = Some("20"), within(2..=1000);
        /// Most tokens in a GraphQL document.
        graphql_tokens: u32 = Some("2000"), within(100..=100_000);
        /// Longest time that a query or mutation may take.
        graphql_timeout: Duration = Some("10s"), lasting("1s", "2m");
        /// Most connections open at once; a further one is closed.
        connections: u32 = Some("4096"), within(10..=100_000);
        /// Longest time that a connection may take to send the head of a request, and that it may stay idle between two.
        request_head_timeout: Duration = Some("20s"), lasting("1s", "5m");
        /// Most streams open at once on one WebSocket.
        socket_streams: u32 = Some("64"), within(1..=1000);
        /// How often it is looked up whether the caller of an open WebSocket or event stream still stands. Before each delivery it is looked up anyway.
        socket_recheck: Duration = Some("15s"), lasting("1s", "5m");
        /// Answers that something is not there leave at a multiple of so many milliseconds, so that how long they took does not tell what is there from what is not. 0 for at once.
        not_found_millis: u32 = Some("10"), within(0..=1000);
        /// Passphrases hashed at once. Each takes 19 MiB and a core for about 50 ms.
        passphrase_hashes: u32 = Some("2"), within(1..=64);
        /// Sign-in tries with one name from one place, before each further one waits: a second, two, four, up to `sign_in_window`.
        sign_in_tries_per_name: u32 = Some("10"), within(3..=1000);
        /// The same for all places together that the name never signed in from.
        sign_in_tries_from_new_places: u32 = Some("20"), within(3..=10_000);
        /// Sign-in tries from one network address within `sign_in_window`, on each node.
        sign_in_tries_per_address: u32 = Some("60"), within(3..=100_000);
        /// The time over which tries are counted, and the longest that one has to wait.
        sign_in_window: Duration = Some("15m"), lasting("1m", "1d");
    }
    /// How long a sign-in lasts: without being used, and at most. After that name and passphrase are asked for again.
    sign_ins: SignIns {
        /// A family's, without being used.
        family_idle: Duration = Some("14d"), lasting("5m", "180d");
        /// A family's, at most.
        family_longest: Duration = Some("90d"), lasting("5m", "365d");
        /// A mentor's, without being used.
        mentor_idle: Duration = Some("7d"), lasting("5m", "90d");
        /// A mentor's, at most.
        mentor_longest: Duration = Some("30d"), lasting("5m", "180d");
        /// A coordinator's, safeguarding lead's or auditor's, without being used.
        staff_idle: Duration = Some("8h"), lasting("5m", "7d");
        /// A coordinator's, safeguarding lead's or auditor's, at most.
        staff_longest: Duration = Some("12h"), lasting("5m", "30d");
        /// An administrator's, without being used.
        administrator_idle: Duration = Some("1h"), lasting("5m", "1d");
        /// An administrator's, at most.
        administrator_longest: Duration = Some("8h"), lasting("5m", "7d");
    }
    /// Sign-in of staff through the organisation's own identity provider (OpenID Connect). Off while `issuer_url` is empty.
    oidc: Oidc {
        /// The provider's issuer. It must speak OpenID Connect Discovery, the code flow and PKCE; it is the only address besides database and bus that the service calls, with those that its discovery document names.
        issuer_url: Option<Issuer> = Some(""), any;
        /// The name under which the provider knows the service.
        client_id: Option<String> = Some(""), any;
        /// The secret that the provider gave the service.
        client_secret: Option<SecretString> = Some(""), any;
        /// The path, under `server.public_url`, of the client's page to which the provider sends people back. Tell the provider this one address.
        redirect_path: String = Some("/signed-in"), |path| redirect_path(path);
        /// Ways of proving oneself (`amr`, RFC 8176) that are more than one factor; several that are needed together are joined by `+`. With any other a person has to show a second factor here.
        strong_amr: Vec<String> = Some("mfa,hwk+pin,hwk+fpt,hwk+face,swk+pin,swk+fpt,swk+face,pwd+otp,pwd+hwk,pwd+swk"), |list| amr(list);
        /// Levels (`acr`) of the provider's own naming that are more than one factor. They are also what it is asked for.
        strong_acr: Vec<String> = Some(""), |list| acr(list);
        /// How long ago somebody may have proved to the provider who they are; it is told to ask them again after that.
        proof_within: Duration = Some("5m"), lasting("1m", "12h");
    }
    /// By when somebody must have acted. A breach lands on the coordinator's board.
    clocks: Clocks {
        /// First reply of a person to a support request.
        first_reply: Duration = Some("24h"), clock();
        /// Proposal of a mentor after triage.
        proposal: Duration = Some("48h"), clock();
        /// The family's answer to a proposal.
        family_answer: Duration = Some("72h"), clock();
        /// The mentor's answer to a proposal; then the next candidate is asked.
        mentor_answer: Duration = Some("48h"), clock();
        /// First contact after a match began.
        first_contact: Duration = Some("48h"), clock();
        /// Somebody has taken on a message with crisis words.
        crisis_claim: Duration = Some("5m"), clock();
        /// Verdict on a held message.
        held_message: Duration = Some("30m"), clock();
        /// Verdict on a reported message.
        report: Duration = Some("4h"), clock();
        /// Decision on an appeal.
        appeal: Duration = Some("72h"), clock();
        /// Review of an emergency access.
        break_glass_review: Duration = Some("72h"), clock();
        /// Longest time that a family's release of information is valid, in whole days.
        release_longest: Duration = Some("90d"), whole_days(90);
        /// How long a claimed moderation case stays with its reader; renewable.
        moderation_lease: Duration = Some("5m"), clock();
    }
    /// What the service tells about itself. The log holds ids and states, never names, addresses or contents.
    log: Log {
        /// How lines are written, on standard error.
        format: LogFormat = Some("text"), any;
        /// What is told, as a filter of levels by target.
        filter: String = Some("info"), |filter| log_filter(filter);
    }
}
