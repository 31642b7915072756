//! Files that are generated, committed and compared: a difference is either a fault or a decision that somebody reads in
//! a diff.

use std::path::{Path, PathBuf};

/// A path inside the repository.
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Whether this run writes committed files instead of comparing them.
pub fn updating() -> bool {
    std::env::var("UPDATE_FILES").is_ok_and(|value| value == "1")
}

/// Compares the committed file with what it should be, or writes it when `UPDATE_FILES=1`. `test` is the filter that
/// runs the calling test, for the hint.
pub fn compare(name: &str, test: &str, want: &str) {
    if updating() {
        std::fs::create_dir_all(path(name).parent().unwrap()).unwrap();
        std::fs::write(path(name), want).unwrap();
        return;
    }
    let have = std::fs::read_to_string(path(name)).unwrap_or_default();
    if have == want {
        return;
    }
    let (mut old, mut new) = (have.lines(), want.lines());
    let mut line = 0;
    let (old, new) = loop {
        line += 1;
        match (old.next(), new.next()) {
            (Some(a), Some(b)) if a == b => {}
            (a, b) => break (a.unwrap_or("(end)"), b.unwrap_or("(end)")),
        }
    };
    panic!(
        "{name} is not what the code says, first at line {line}:\n  committed: {old}\n  now:       {new}\n\
         If the change is meant, run `UPDATE_FILES=1 cargo test --test it {test}`, read the diff and commit it."
    );
}
