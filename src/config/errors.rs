//! What is wrong with the settings, told so that an operator can mend all of it at once.

use std::fmt;

/// One faulty setting. Never holds its value, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The setting's full name (`server.listen`), or the source that could not be read.
    pub setting: String,
    /// Where the value came from: a variable's name or the settings file. Nothing when no source gave one.
    pub source: Option<String>,
    /// A plain reason that reads on after the name: `must be a port`.
    pub reason: String,
}

impl Fault {
    pub(super) fn new(setting: &str, reason: impl Into<String>) -> Self {
        Self { setting: setting.to_owned(), source: None, reason: reason.into() }
    }

    pub(super) fn from_source(setting: &str, source: &str, reason: impl Into<String>) -> Self {
        Self { setting: setting.to_owned(), source: Some(source.to_owned()), reason: reason.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{} (from {source}) {}", self.setting, self.reason),
            None => write!(f, "{} {}", self.setting, self.reason),
        }
    }
}

/// A secret in a file that others than its owner may open: told, not refused, since some ways of handing secrets to a
/// process leave no choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSecret {
    /// The setting's full name (`keys.sealing`).
    pub setting: String,
    /// The permissions of the file, as `chmod` takes them.
    pub mode: u32,
}

impl fmt::Display for OpenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, mode } = self;
        write!(f, "{setting} stands in a file that others than its owner may open (mode {mode:04o}); use mode 0600")
    }
}

/// Every fault that was found, in the order of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsErrors {
    faults: Vec<Fault>,
}

impl SettingsErrors {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        Self { faults }
    }

    /// The faults one by one.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.faults.len() == 1 { "one setting is wrong:" } else { "some settings are wrong:" })?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for SettingsErrors {}
