//! Gathers what the settings file and the environment say, before anybody asks what it means.

use std::collections::BTreeMap;
use std::path::Path;

use config::{FileFormat, Map, Source as _, Value, ValueKind};
use zeroize::Zeroizing;

use super::errors::{Fault, OpenSecret};
use super::sections::{FIELDS, Field, SECTIONS};
use super::value::Shape;

/// A value as a source gave it. No `Debug`: it may be a secret.
pub(super) struct Given {
    pub(super) text: Zeroizing<String>,
    pub(super) source: String,
}

/// By section and key. A source that could not be read leaves an error here and has told its fault already.
pub(super) type Values = BTreeMap<(&'static str, &'static str), Result<Given, ()>>;

/// Variables that begin like a setting but belong to the command line or to the tests.
const OTHER_VARIABLES: &[&str] = &["KINWARD_CONFIG", "KINWARD_DEMO_TOKENS"];
const OTHER_PREFIX: &str = "KINWARD_TEST_";

/// What is to be told of the sources, beside their values.
#[derive(Default)]
pub(super) struct Notes {
    /// What could not be read, or is not known.
    pub(super) faults: Vec<Fault>,
    /// Secrets in files that others than their owner may open.
    pub(super) open: Vec<OpenSecret>,
}

impl Notes {
    fn look_at(&mut self, field: &Field, path: &Path) {
        self.open.extend(open_to_others(path).map(|mode| OpenSecret { setting: field.name(), mode }));
    }
}

/// The permissions of a file that others than its owner may open.
#[cfg(unix)]
fn open_to_others(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_to_others(_path: &Path) -> Option<u32> {
    None
}

/// Everything that was given, the later source over the earlier.
pub(super) fn gather(file: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> (Values, Notes) {
    let mut notes = Notes::default();
    let mut values = file.map(|path| from_file(path, &mut notes)).unwrap_or_default();
    values.extend(from_env(env, &mut notes));
    (values, notes)
}

/// One source's layer: a setting given twice in it, directly and by file, is a fault.
#[derive(Default)]
struct Layer {
    values: Values,
}

impl Layer {
    fn put(&mut self, field: &Field, given: Result<Given, Fault>, faults: &mut Vec<Fault>) {
        let given = given.map_err(|fault| faults.push(fault));
        if self.values.insert((field.section, field.key), given).is_some() {
            let reason = "is given twice, directly and by a file: keep one";
            faults.push(Fault::new(&field.name(), reason));
        }
    }
}

/// The setting that a name means, and whether the name is that of the file which holds it.
fn find(section: &str, key: &str) -> Option<(&'static Field, bool)> {
    let with_key = |key: &str| FIELDS.iter().find(|field| field.section == section && field.key == key);
    if let Some(field) = with_key(key) {
        return Some((field, false));
    }
    with_key(key.strip_suffix("_file")?).filter(|field| field.secret).map(|field| (field, true))
}

fn read_secret(field: &Field, path: &str, source: &str, notes: &mut Notes) -> Result<Given, Fault> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Fault::from_source(&field.name(), source, format!("names the file {path}, which cannot be read: {error}"))
    })?;
    notes.look_at(field, Path::new(path));
    let text = Zeroizing::new(text);
    Ok(Given { text: Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()), source: path.to_owned() })
}

fn from_env(env: impl Iterator<Item = (String, String)>, notes: &mut Notes) -> Values {
    let mut layer = Layer::default();
    for (variable, text) in env {
        let Some(name) = variable.strip_prefix("KINWARD_") else { continue };
        if OTHER_VARIABLES.contains(&variable.as_str()) || variable.starts_with(OTHER_PREFIX) {
            continue;
        }
        let lower = name.to_lowercase();
        let exact = lower.to_uppercase() == name;
        let found = lower.split_once("__").filter(|_| exact).and_then(|(section, key)| find(section, key));
        let Some((field, by_file)) = found else {
            let known = FIELDS.iter().map(Field::variable);
            notes.faults.push(Fault::new(&variable, format!("is not a setting{}", suggestion(&variable, known))));
            continue;
        };
        let given = if by_file {
            read_secret(field, &text, &variable, notes)
        } else {
            Ok(Given { text: Zeroizing::new(text), source: variable })
        };
        layer.put(field, given, &mut notes.faults);
    }
    layer.values
}

fn from_file(path: &Path, notes: &mut Notes) -> Values {
    let source = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => {
            notes.faults.push(Fault::new(&format!("the settings file {source}"), format!("cannot be read: {error}")));
            return Values::new();
        }
    };
    match config::File::from_str(&text, FileFormat::Toml).collect() {
        Ok(table) => from_table(table, &source, notes),
        Err(error) => {
            // The parser's further lines repeat the text, which may be a secret; only the place is told.
            let message = error.to_string();
            let place = message.lines().next().unwrap_or_default();
            notes
                .faults
                .push(Fault::new(&format!("the settings file {source}"), format!("is not valid TOML: {place}")));
            Values::new()
        }
    }
}

fn from_table(table: Map<String, Value>, source: &str, notes: &mut Notes) -> Values {
    let mut layer = Layer::default();
    for (section, value) in table {
        if !SECTIONS.iter().any(|(known, _)| *known == section) {
            let known = SECTIONS.iter().map(|(known, _)| (*known).to_owned());
            let reason = format!("is not a section{}", suggestion(&section, known));
            notes.faults.push(Fault::from_source(&section, source, reason));
            continue;
        }
        let ValueKind::Table(entries) = value.kind else {
            notes.faults.push(Fault::from_source(&section, source, format!("must be a section: [{section}]")));
            continue;
        };
        for (key, value) in entries {
            let name = format!("{section}.{key}");
            let Some((field, by_file)) = find(&section, &key) else {
                let known = FIELDS.iter().map(Field::name);
                let reason = format!("is not a setting{}", suggestion(&name, known));
                notes.faults.push(Fault::from_source(&name, source, reason));
                continue;
            };
            let shape = if by_file { Shape::Text } else { field.shape };
            let text = as_text(value.kind, shape).ok_or_else(|| Fault::from_source(&name, source, shape.in_words()));
            if field.secret && !by_file && text.as_deref().is_ok_and(|text| is_telling(text)) {
                notes.look_at(field, Path::new(source));
            }
            let given = text.and_then(|text| {
                if by_file {
                    read_secret(field, &text, source, notes)
                } else {
                    Ok(Given { text, source: source.to_owned() })
                }
            });
            layer.put(field, given, &mut notes.faults);
        }
    }
    layer.values
}

/// Whether a secret setting holds a secret indeed: an address without a passphrase is none.
fn is_telling(text: &str) -> bool {
    // Keys are base64, which knows no colon.
    let Some((_, address)) = text.split_once(':') else { return true };
    let user = address
        .trim_start_matches('/')
        .split(['/', '?'])
        .next()
        .and_then(|server| server.rsplit_once('@'))
        .map(|(user, _)| user);
    user.is_some_and(|user| user.contains(':')) || address.contains("password=")
}

/// The value as it would stand in the environment, if it has the right shape.
fn as_text(value: ValueKind, shape: Shape) -> Option<Zeroizing<String>> {
    let text = match (value, shape) {
        (ValueKind::String(text), Shape::Text) => text,
        (ValueKind::I64(number), Shape::Number) => number.to_string(),
        (ValueKind::Boolean(flag), Shape::Flag) => flag.to_string(),
        (ValueKind::Array(entries), Shape::List) => {
            let texts = entries.into_iter().map(|entry| match entry.kind {
                ValueKind::String(text) => Some(text),
                _ => None,
            });
            texts.collect::<Option<Vec<_>>>()?.join(",")
        }
        _ => return None,
    };
    Some(Zeroizing::new(text))
}

/// `; did you mean …?` when a known name is near, else nothing.
fn suggestion(name: &str, known: impl Iterator<Item = String>) -> String {
    let nearest = known.map(|known| (distance(name, &known), known)).min();
    match nearest {
        Some((distance, known)) if distance <= 3 => format!("; did you mean {known}?"),
        _ => String::new(),
    }
}

/// How many letters must be changed, added or taken away to make one word the other (Levenshtein 1965).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((to, diagonal), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            next.push((diagonal + usize::from(from != *to)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
