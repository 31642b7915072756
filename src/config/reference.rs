//! The sample settings file, made from the table.

use super::sections::{FIELDS, Field, SECTIONS};
use super::value::Shape;

const HEAD: &str = "\
# Settings of Kinward. Everything that is commented out shows its default.
# A later source wins: default, this file (--config FILE or KINWARD_CONFIG), environment.
# The name of a setting in the environment is KINWARD_<SECTION>__<KEY>. A secret can stand in a file of its own:
# give that file's path as <key>_file here, or KINWARD_<SECTION>__<KEY>_FILE in the environment.
# `kinward check-config` tells every fault at once, and never shows a value. It warns of a file with a secret that others
# than its owner may open, and so does a node that starts; such a file wants mode 0600.
";

/// A commented sample file with every setting, its form, its default and its purpose. `deploy/settings.toml` is this
/// text; a test compares them.
pub fn reference() -> String {
    let mut lines = vec![HEAD.to_owned()];
    for (section, doc) in SECTIONS {
        lines.extend(comment(doc));
        lines.push(format!("[{section}]\n"));
        for field in FIELDS.iter().filter(|field| field.section == *section) {
            lines.extend(entry(field));
        }
    }
    lines.join("\n")
}

fn comment(doc: &'static [&'static str]) -> impl Iterator<Item = String> {
    doc.iter().map(|line| format!("#{line}"))
}

fn entry(field: &Field) -> Vec<String> {
    let remark = match (field.default.is_none(), field.secret) {
        (true, true) => " Required; secret.",
        (true, false) => " Required.",
        (false, true) => " Secret.",
        (false, false) => "",
    };
    let key = field.key;
    let value = match field.default {
        None => format!("# {key}_file = \"/etc/kinward/{}.{key}\"\n", field.section),
        Some(default) => format!("# {key} = {}\n", in_toml(default, field.shape)),
    };
    comment(field.doc).chain([format!("# Form: {}.{remark}", field.form), value]).collect()
}

fn in_toml(default: &str, shape: Shape) -> String {
    match shape {
        Shape::Text => format!("\"{default}\""),
        Shape::Number | Shape::Flag => default.to_owned(),
        Shape::List => {
            let entries = default.split(',').filter(|entry| !entry.is_empty()).map(|entry| format!("\"{entry}\""));
            format!("[{}]", entries.collect::<Vec<_>>().join(", "))
        }
    }
}
