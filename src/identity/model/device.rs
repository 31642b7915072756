//! What a sign-in's device is called: a few coarse words, so that people know their own again. What a client says of itself
//! is read once and never kept: the whole of it would tell one person's device from all others.

/// What nothing better is known of.
pub const ANOTHER_DEVICE: &str = "another device";

/// Marks of browsers, the more telling first: nearly all of them claim to be Chrome, Safari or both as well.
const BROWSERS: [(&str, &str); 13] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Marks of devices and systems, the more telling first.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "a Mac"),
    ("Mac OS X", "a Mac"),
    ("Linux", "Linux"),
];

/// For example "Firefox on Windows"; "another device" where neither browser nor system is known. Every word comes from the
/// lists above.
#[must_use]
pub fn device_words(user_agent: Option<&str>) -> String {
    let find = |list: &[(&str, &'static str)]| {
        let agent = user_agent.unwrap_or_default();
        list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, word)| *word)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("an app on {system}"),
        (None, None) => ANOTHER_DEVICE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_devices_are_known_by_their_words() {
        for (agent, words) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Windows"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari on an iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Safari on a Mac",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                "Chrome on ChromeOS",
            ),
            ("KinwardApp/3 (Android 15)", "an app on Android"),
        ] {
            assert_eq!(device_words(Some(agent)), words);
        }
    }

    #[test]
    fn nothing_of_what_is_not_known_is_kept() {
        for agent in [None, Some(""), Some("curl/8.5"), Some("Zanzibar; drop table"), Some("windows firefox")] {
            assert_eq!(device_words(agent), ANOTHER_DEVICE);
        }
        let known: Vec<&str> = BROWSERS.iter().chain(&SYSTEMS).flat_map(|(_, words)| words.split(' ')).collect();
        let odd = format!("{} Zanzibar 192.0.2.1", BROWSERS.map(|(mark, _)| mark).join(" Zanzibar "));
        for word in device_words(Some(&odd)).split(' ') {
            assert!(word == "on" || known.contains(&word), "{word}");
        }
        // As the database has it.
        for (_, browser) in BROWSERS {
            for (_, system) in SYSTEMS {
                assert!(format!("{browser} on {system}").len() <= 40);
            }
        }
    }
}
