//! Which address a request comes from, also behind reverse proxies.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Where each proxy writes whom it got the request from, behind what the proxies before it wrote.
const HEADER: &str = "x-forwarded-for";
/// The most entries that are looked at; no honest chain of proxies is longer.
const HOPS: usize = 16;

/// The reverse proxies whose word about the caller's address is taken.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Trusts the proxies in these networks.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether this is the address of a trusted proxy.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The caller's address. The header is read from its end, since only what a trusted proxy added is worth anything: the
    /// first address that is no trusted proxy's is the caller. Whatever stands before it may be made up, and an entry that
    /// is no address ends the search at the proxy that passed it on.
    #[must_use]
    pub fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer.to_canonical();
        // The values of a repeated header stand in the order in which they were added.
        let lines: Vec<&str> = headers.get_all(HEADER).iter().map(|line| line.to_str().unwrap_or("?")).collect();
        let entries = lines.iter().rev().flat_map(|line| line.rsplit(','));
        for entry in entries.take(HOPS) {
            if !self.trusts(nearest) {
                break;
            }
            let Some(address) = read(entry.trim()) else { break };
            nearest = address.to_canonical();
        }
        nearest
    }
}

/// An address, with or without a port, in brackets or not.
fn read(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    bare.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(trusted: &[&str], peer: &str, lines: &[&str]) -> String {
        let proxies = Proxies::new(trusted.iter().map(|network| network.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HEADER, line.parse().unwrap());
        }
        proxies.caller(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_strangers_word_about_addresses_is_not_taken() {
        assert_eq!(caller(&[], "10.0.0.1", &["203.0.113.7"]), "10.0.0.1");
        assert_eq!(caller(&["10.0.0.0/8"], "198.51.100.1", &["203.0.113.7"]), "198.51.100.1");
    }

    #[test]
    fn the_last_address_that_is_no_proxys_is_the_caller() {
        let trusted = &["10.0.0.0/8", "fd00::/8"];
        assert_eq!(caller(trusted, "10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(caller(trusted, "10.0.0.1", &["1.2.3.4, 203.0.113.7, 10.0.0.2"]), "203.0.113.7");
        // Repeated headers are one list, whatever proxy wrote which.
        assert_eq!(caller(trusted, "10.0.0.1", &["1.2.3.4", "203.0.113.7,10.9.9.9"]), "203.0.113.7");
        assert_eq!(caller(trusted, "::ffff:10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(caller(trusted, "fd00::1", &["203.0.113.7:8080"]), "203.0.113.7");
    }

    #[test]
    fn what_is_no_address_ends_the_search() {
        let trusted = &["10.0.0.0/8"];
        assert_eq!(caller(trusted, "10.0.0.1", &["203.0.113.7, unknown"]), "10.0.0.1");
        assert_eq!(caller(trusted, "10.0.0.1", &[""]), "10.0.0.1");
        assert_eq!(caller(trusted, "10.0.0.1", &[]), "10.0.0.1");
        let long = vec!["10.0.0.9"; 100].join(",");
        assert_eq!(caller(trusted, "10.0.0.1", &["203.0.113.7", &long]), "10.0.0.9");
    }
}
