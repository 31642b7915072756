//! The operators' sample file says what the code does.

use std::path::Path;

#[test]
fn the_sample_settings_file_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/settings.toml");
    let current = kinward::config::reference();
    if std::env::var_os("UPDATE_FILES").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == current,
        "deploy/settings.toml differs from src/config/sections.rs: write it anew with \
         `UPDATE_FILES=1 cargo test --test it settings::`, and read the difference"
    );
}
