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

#[cfg(unix)]
const SEALING: &str = "AgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICE=";

/// What a command of the program says on standard error, and whether it ended well, with this text in a file of this mode:
/// the settings file, or the one that holds the sealing key.
#[cfg(unix)]
fn said(command: &str, name: &str, text: &str, mode: u32) -> (String, bool) {
    use std::os::unix::fs::PermissionsExt as _;

    static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

    let folder = std::env::temp_dir().join(format!(
        "kinward-modes-{}-{}",
        std::process::id(),
        NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    ));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_kinward"));
    program.env_clear().current_dir(&folder).arg(command);
    let mut given = vec![
        ("DATABASE__URL", "sqlite:kinward.sqlite?mode=rwc"),
        ("KEYS__TOKEN_SIGNING", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="),
        ("KEYS__SOURCE_HASH", "AwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISI="),
    ];
    if name == "settings.toml" {
        program.arg("--config").arg(&file);
        given.retain(|(name, _)| *name != "DATABASE__URL" || !text.contains("[database]"));
        given.extend((!text.contains("[keys]")).then_some(("KEYS__SEALING", SEALING)));
    } else {
        program.env("KINWARD_KEYS__SEALING_FILE", &file);
    }
    program.envs(given.into_iter().map(|(name, value)| (format!("KINWARD_{name}"), value)));
    let output = program.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    (said, output.status.success())
}

#[cfg(unix)]
fn said_about(mode: u32, command: &str, in_settings: bool) -> (String, bool) {
    let in_file = format!("[keys]\nsealing = \"{SEALING}\"\n");
    let (name, text) = if in_settings { ("settings.toml", in_file.as_str()) } else { ("sealing.key", SEALING) };
    let (said, good) = said(command, name, text, mode);
    assert!(!said.contains(&SEALING[..8]), "{said}");
    (said, good)
}

#[cfg(unix)]
fn said_of_url(url: &str) -> (String, bool) {
    said("check-config", "settings.toml", &format!("[database]\nurl = \"{url}\"\n"), 0o644)
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_may_open_is_warned_of() {
    for in_settings in [false, true] {
        assert_eq!(said_about(0o600, "check-config", in_settings), (String::new(), true));
        for mode in [0o640, 0o604, 0o644] {
            let (said, good) = said_about(mode, "check-config", in_settings);
            let names_both = said.contains("warning: keys.sealing ") && said.contains(&format!("mode {mode:04o}"));
            assert!(good && names_both && said.lines().count() == 1, "{said}");
        }
    }
    // An address without a passphrase is no secret, with one it is.
    for (url, is_secret) in [("sqlite:kinward.sqlite", false), ("postgres://kinward:heron@127.0.0.1/kinward", true)] {
        let (said, good) = said_of_url(url);
        assert!(good && said.contains("database.url") == is_secret && !said.contains("heron"), "{said}");
    }
    // A node that starts says it in its log, before anything else. It stops then: the database is empty.
    let (said, _) = said_about(0o644, "serve", false);
    let first = said.lines().next().unwrap();
    assert!(first.contains("WARN") && first.contains("keys.sealing") && first.contains("0644"), "{said}");
    let (said, _) = said_about(0o600, "serve", false);
    assert!(!said.contains("WARN") && said.contains("migrations are pending"), "{said}");
}
