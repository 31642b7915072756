//! Time zones by their IANA names, from the bundled data and never from the machine's.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::Check;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of this IANA name; `None` when there is none.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    // The longest IANA name has 32 characters today; the bound keeps junk away from the look-up.
    if name.len() > 64 { None } else { ZONES.get(name).ok() }
}

/// Cleans the name of a zone and notes a problem when there is no such zone.
pub fn check_zone(check: &mut Check, path: &str, name: &str) -> String {
    let name = check.line(path, name, 1, 64);
    if !name.is_empty() {
        check.valid(path, zone(&name), "Choose a time zone such as America/New_York.");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Error;

    #[test]
    fn only_names_of_zones_pass() {
        let mut check = Check::new();
        assert_eq!(check_zone(&mut check, "zone", " Europe/Rome "), "Europe/Rome");
        assert!(check.done().is_ok());
        for wrong in ["", "Mars/Olympus", "/etc/passwd", "Europe/Rome\u{0}"] {
            let mut check = Check::new();
            check_zone(&mut check, "zone", wrong);
            assert!(matches!(check.done(), Err(Error::Refused(_))), "{wrong}");
        }
    }
}
