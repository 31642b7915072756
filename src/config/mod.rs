//! What an operator decides: typed settings, checked as a whole before the port opens.
//!
//! Each setting has one line in the table of [`sections`]: its name, form, default and what it is for. Typed structs,
//! the reading of every source and the sample file of the operators are made from that table, so they cannot differ.
//! A later source wins: documented default, then the TOML file, then the environment (`KINWARD_<SECTION>__<KEY>`).
//! A secret may stand in a file of its own, named by the same setting with `_file` at its end.
//!
//! What must stay absent here: a built-in secret, and the value of a setting in any message.

mod errors;
mod far;
mod reference;
mod sections;
mod sources;
mod value;

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use crate::kernel::Entropy;

pub use errors::{Fault, OpenSecret, SettingsErrors};
pub use reference::reference;
pub use sections::{Bus, Clocks, Database, Keys, Limits, Log, Oidc, Server, Settings, SignIns};
pub use value::{BusKind, Issuer, LogFormat, Origin, SecretKey};

use sections::Reader;
use sources::Notes;

impl Settings {
    /// Reads the file, then the environment, and checks everything. One error lists every faulty setting.
    ///
    /// `env` is usually [`std::env::vars`]; names that do not begin with `KINWARD_` are passed over.
    pub fn load(file: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Self, SettingsErrors> {
        Self::inspect(file, env).0
    }

    /// The same, and which of the secrets that were read stand in files that others than their owner may open.
    pub fn inspect(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> (Result<Self, SettingsErrors>, Vec<OpenSecret>) {
        let (values, Notes { faults, open }) = sources::gather(file, env);
        let mut reader = Reader::new(values, faults);
        let settings = Self::read(&mut reader);
        let mut faults = reader.into_faults();
        if let Some(settings) = &settings {
            settings.check_together(&mut faults);
        }
        let settings = match settings {
            Some(settings) if faults.is_empty() => Ok(settings),
            _ => Err(SettingsErrors::new(faults)),
        };
        (settings, open)
    }

    /// Settings for a demonstration on this machine only: SQLite in `data_dir`, freshly made keys, everything that
    /// helps to look around switched on.
    pub fn for_demo(data_dir: &Path, port: u16, entropy: &dyn Entropy) -> Result<Self, SettingsErrors> {
        let key = || {
            let mut bytes = Zeroizing::new([0_u8; 32]);
            entropy.fill(bytes.as_mut());
            BASE64_STANDARD.encode(bytes.as_ref())
        };
        let given = [
            ("SERVER__LISTEN", format!("127.0.0.1:{port}")),
            ("SERVER__PUBLIC_URL", format!("http://127.0.0.1:{port}")),
            ("SERVER__ALLOWED_ORIGINS", format!("http://localhost:{port}")),
            ("SERVER__INTROSPECTION", "true".to_owned()),
            ("SERVER__GRAPHIQL", "true".to_owned()),
            ("SERVER__SHUTDOWN_GRACE", "2s".to_owned()),
            ("DATABASE__URL", format!("sqlite://{}?mode=rwc", data_dir.join("kinward-demo.sqlite").display())),
            ("KEYS__TOKEN_SIGNING", key()),
            ("KEYS__SEALING", key()),
            ("KEYS__SOURCE_HASH", key()),
            // Whoever looks around on their own machine, or measures there, keeps nobody from anything.
            ("LIMITS__CALLER_COST", "100000000".to_owned()),
            ("LOG__FILTER", "warn".to_owned()),
        ];
        Self::load(None, given.into_iter().map(|(name, value)| (format!("KINWARD_{name}"), value)))
    }

    /// Rules that no setting can break alone.
    fn check_together(&self, faults: &mut Vec<Fault>) {
        if self.bus.kind == BusKind::Nats && self.bus.nats_url.is_none() {
            faults.push(Fault::new("bus.nats_url", "is needed because bus.kind is \"nats\""));
        }
        if self.bus.kind == BusKind::Nats && !self.database.url.expose_secret().starts_with("postgres") {
            faults.push(Fault::new(
                "bus.kind",
                "\"nats\" joins several nodes, and those need PostgreSQL: see database.url",
            ));
        }
        let SignIns { family_idle, family_longest, mentor_idle, mentor_longest, .. } = self.sign_ins;
        let SignIns { staff_idle, staff_longest, administrator_idle, administrator_longest, .. } = self.sign_ins;
        for (name, idle, longest) in [
            ("family", family_idle, family_longest),
            ("mentor", mentor_idle, mentor_longest),
            ("staff", staff_idle, staff_longest),
            ("administrator", administrator_idle, administrator_longest),
        ] {
            if idle > longest {
                let longest = format!("must not be longer than sign_ins.{name}_longest");
                faults.push(Fault::new(&format!("sign_ins.{name}_idle"), longest));
            }
        }
        let provider = &self.oidc;
        for (name, is_given) in
            [("client_id", provider.client_id.is_some()), ("client_secret", provider.client_secret.is_some())]
        {
            if provider.issuer_url.is_some() && !is_given {
                faults.push(Fault::new(&format!("oidc.{name}"), "is needed because oidc.issuer_url is set"));
            } else if provider.issuer_url.is_none() && is_given {
                faults.push(Fault::new(&format!("oidc.{name}"), "does nothing without oidc.issuer_url"));
            }
        }
        // A key that serves two purposes lets the weaker use endanger the stronger.
        let mut keys = vec![
            ("keys.token_signing", &self.keys.token_signing),
            ("keys.sealing", &self.keys.sealing),
            ("keys.source_hash", &self.keys.source_hash),
        ];
        keys.extend(self.keys.token_signing_next.as_ref().map(|key| ("keys.token_signing_next", key)));
        keys.extend(self.keys.token_signing_former.iter().map(|key| ("keys.token_signing_former", key)));
        for (at, (name, key)) in keys.iter().enumerate() {
            if let Some((other, _)) = keys.iter().take(at).find(|(_, earlier)| earlier.same_as(key)) {
                faults.push(Fault::new(name, format!("must not be the same key as {other}")));
            }
        }
    }
}

#[cfg(test)]
mod tests;
