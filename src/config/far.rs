//! What is said to another machine is said over TLS, and only to who can show that it is that machine.

use secrecy::{ExposeSecret, SecretString};

/// How PostgreSQL's client is told to insist on TLS, on a trusted certificate and on the right name in it. The weaker modes
/// take any certificate, or go on without one.
const VERIFIED: &str = "verify-full";

/// Checks the address of the database.
pub(super) fn database_url(url: &SecretString) -> Result<(), String> {
    let url = url.expose_secret();
    if url.starts_with("sqlite:") {
        return Ok(());
    }
    let rest = ["postgres://", "postgresql://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    let rest = rest.ok_or("must begin with sqlite: or postgres://")?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut said = query.split('&').filter_map(|pair| pair.split_once('='));
    // A later `host` wins over the one in the address, as in PostgreSQL's own client.
    let named = said.clone().rfind(|(key, _)| ["host", "hostaddr"].contains(key));
    let host = named.map_or_else(|| host(place), |(_, host)| host);
    let modes: Vec<&str> =
        said.by_ref().filter(|(key, _)| ["sslmode", "ssl-mode"].contains(key)).map(|p| p.1).collect();
    if is_here(host) || modes == [VERIFIED] {
        return Ok(());
    }
    Err(format!("must say sslmode={VERIFIED}, since the server is another machine"))
}

/// Checks the address of the bus.
pub(super) fn nats_url(url: Option<&SecretString>) -> Result<(), String> {
    let Some(url) = url.map(ExposeSecret::expose_secret) else { return Ok(()) };
    if url.starts_with("tls://") {
        return Ok(());
    }
    let rest = url.strip_prefix("nats://").ok_or("must begin with nats:// or tls://")?;
    if is_here(host(rest)) { Ok(()) } else { Err("must begin with tls://, since the server is another machine".into()) }
}

/// The host of `user:passphrase@host:port/name`.
fn host(place: &str) -> &str {
    let authority = place.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// This machine: its loopback addresses, or a socket in its file system.
fn is_here(host: &str) -> bool {
    let socket = host.is_empty() || host.starts_with('/') || host.to_ascii_lowercase().starts_with("%2f");
    let address = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    socket || address || host.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(url: &str) -> Result<(), String> {
        database_url(&url.into())
    }

    #[test]
    fn another_machine_is_spoken_to_over_tls_only() {
        for here in [
            "sqlite:///var/lib/kinward/kinward.sqlite",
            "postgres://kinward@127.0.0.1/kinward",
            "postgres://kinward:a%40b@[::1]:5432/kinward",
            "postgresql://localhost/kinward",
            "postgres:///kinward?host=/run/postgresql",
            "postgres://kinward@%2Frun%2Fpostgresql/kinward",
            "postgres://kinward@db.example/kinward?sslmode=verify-full",
            "postgres://kinward@db.example/kinward?sslrootcert=/etc/ca.pem&sslmode=verify-full",
        ] {
            assert_eq!(database(here), Ok(()), "{here}");
        }
        for far in [
            "postgres://kinward@db.example/kinward",
            "postgres://kinward@10.0.0.7:5432/kinward?sslmode=prefer",
            "postgres://kinward@db.example/kinward?sslmode=require",
            "postgres://kinward@db.example/kinward?sslmode=verify-ca",
            "postgres://kinward@db.example/kinward?sslmode=verify-full&sslmode=disable",
            "postgres://kinward@localhost@db.example/kinward",
            "postgres://kinward@localhost.example/kinward",
            "postgres://kinward@localhost/kinward?host=db.example",
            "postgres://kinward@localhost/kinward?host=/run&hostaddr=10.0.0.7",
        ] {
            assert!(database(far).is_err_and(|said| said.contains("verify-full")), "{far}");
        }
        let bus = |url: &str| nats_url(Some(&url.into()));
        assert!(bus("nats://127.0.0.1:4222").is_ok() && bus("tls://bus.example").is_ok() && nats_url(None).is_ok());
        assert!(bus("nats://bus.example:4222").is_err_and(|said| said.contains("tls://")));
        assert!(bus("http://127.0.0.1").is_err());
    }
}
