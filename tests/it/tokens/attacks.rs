//! Every known way to make a token that is none, each beside the same construction without its flaw. All of them get the
//! same bytes over HTTP and the same close on a socket, so that nothing is learned from how a token fails.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use aws_lc_rs::{digest, hmac};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::forge::{Forge, base64, changed, over_http, over_socket, parts};
use crate::harness::{World, on_each};

/// A name, the token with the flaw, and the same construction without it.
struct Case {
    name: String,
    flawed: String,
    control: String,
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    fn add(&mut self, name: impl Into<String>, flawed: String, control: String) {
        self.0.push(Case { name: name.into(), flawed, control });
    }
}

/// Shows every case at both doors.
async fn refused_alike(forge: &Forge, cases: Cases) {
    let app = &forge.app;
    assert!(!cases.0.is_empty());
    let (status, headers, body) = over_http(app, "junk").await.unwrap();
    assert!(status == 401 && body.contains("UNAUTHENTICATED"), "{status} {body}");
    assert!(headers.contains(&("www-authenticate".into(), "Bearer".into())), "{headers:?}");
    let closed = over_socket(app, "junk").await;
    assert_eq!(closed, "4403 Forbidden");
    for Case { name, flawed, control } in cases.0 {
        if let Some(answer) = over_http(app, &flawed).await {
            assert_eq!(answer, (status, headers.clone(), body.clone()), "{name} over HTTP: {flawed}");
        }
        assert_eq!(over_socket(app, &flawed).await, closed, "{name} on a socket: {flawed}");
        let (status, _, body) = over_http(app, &control).await.unwrap();
        assert!(status == 200 && body.contains("acc_"), "the control of {name}: {status} {body}");
        assert!(over_socket(app, &control).await.contains("connection_ack"), "the control of {name}");
    }
}

/// Runs on each database, with the cases that a function makes from the coordinator's token.
async fn each(make: fn(&Forge) -> Cases) {
    on_each(|app| async move {
        let world = World::new(&app).await;
        let forge = Forge::new(&app, world.coordinator.token());
        let cases = make(&forge);
        refused_alike(&forge, cases).await;
    })
    .await;
}

fn with_algorithm(forge: &Forge, algorithm: &Value) -> String {
    changed(&forge.header, "alg", Some(algorithm.clone())).to_string()
}

/// A token over these texts with a signature that somebody else makes.
fn signed_by(header: &str, payload: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", base64(header), base64(payload));
    format!("{message}.{}", base64(sign(message.as_bytes())))
}

#[tokio::test]
async fn no_algorithm_but_ours_and_no_empty_signature() {
    each(|forge| {
        let mut cases = Cases::default();
        let spellings = [
            "none",
            "None",
            "NONE",
            "nOnE",
            " none",
            "none ",
            "",
            "null",
            "n\u{f6}ne",
            "eddsa",
            "EDDSA",
            "EdDSA ",
            "Ed25519",
            "Ed448",
            "HS256",
            "RS256",
            "ES256",
            "PS256",
            "dir",
            "A128KW",
        ];
        let others = [Value::Null, json!(["EdDSA"]), json!({"alg": "EdDSA"}), json!(0), json!(true)];
        for algorithm in spellings.iter().map(|spelling| json!(spelling)).chain(others) {
            let header = with_algorithm(forge, &algorithm);
            let claims = forge.claims.to_string();
            for (with, signature) in [("an empty", Vec::new()), ("a zero", vec![0; 64]), ("a short zero", vec![0; 32])]
            {
                let flawed = signed_by(&header, &claims, |_| signature);
                cases.add(format!("{algorithm} with {with} signature"), flawed, forge.plain());
            }
            // Rightly signed, and yet another algorithm than ours.
            cases.add(format!("{algorithm}, rightly signed"), forge.with_header(&header), forge.plain());
        }
        cases.add("no algorithm", forge.header_field("alg", None), forge.plain());
        let (header, claims) = (forge.header.to_string(), forge.claims.to_string());
        for (name, signature) in [
            ("an empty signature", Vec::new()),
            ("r = s = 0", vec![0; 64]),
            ("r = 1, s = 0", [&[1][..], &[0; 63]].concat()),
            ("all ones", vec![0xff; 64]),
            ("half a signature", parts(&forge.plain())[2][..32].to_vec()),
            ("a signature and a byte", [&parts(&forge.plain())[2][..], &[0]].concat()),
            ("an OCTET STRING in DER", [&[0x04, 64][..], &parts(&forge.plain())[2]].concat()),
            ("a malleable twin", plus_order(&parts(&forge.plain())[2])),
        ] {
            cases.add(name, signed_by(&header, &claims, |_| signature), forge.plain());
        }
        cases
    })
    .await;
}

/// The same signature with the group's order added to S (RFC 8032, section 8.4): equal to who does not look at its range.
fn plus_order(signature: &[u8]) -> Vec<u8> {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut twin = signature.to_vec();
    let mut carry = 0_u16;
    for (byte, add) in twin[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    twin
}

/// Everything about our key that anybody can know.
fn what_is_public(forge: &Forge) -> Vec<(&'static str, Vec<u8>)> {
    let public = Ed25519KeyPair::from_seed_unchecked(&forge.seed).unwrap().public_key().as_ref().to_vec();
    // RFC 8410: the fixed start of a public key for Ed25519.
    let spki = [&[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0][..], &public].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&spki));
    let jwks = forge.app.app.identity.tokens.jwks();
    vec![
        ("the raw public key", public.clone()),
        ("the public key in DER", spki),
        ("the public key in PEM", pem.clone().into_bytes()),
        ("the public key in PEM without its last line end", pem.trim_end().to_owned().into_bytes()),
        ("the key's x", base64(&public).into_bytes()),
        ("the published key", jwks["keys"][0].to_string().into_bytes()),
        ("the published set", jwks.to_string().into_bytes()),
        ("the name of the key", forge.header["kid"].as_str().unwrap().as_bytes().to_vec()),
        ("nothing", Vec::new()),
    ]
}

#[tokio::test]
async fn our_public_key_is_no_secret_and_an_attackers_key_is_no_key() {
    each(|forge| {
        let mut cases = Cases::default();
        let random = SystemRandom::new();
        let claims = forge.claims.to_string();
        for (name, secret) in what_is_public(forge) {
            for (algorithm, with) in
                [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
            {
                let tag = |message: &[u8]| hmac::sign(&hmac::Key::new(with, &secret), message).as_ref().to_vec();
                let header = with_algorithm(forge, &json!(algorithm));
                cases.add(format!("{algorithm} with {name}"), signed_by(&header, &claims, tag), forge.plain());
                let header = forge.header.to_string();
                let flawed = signed_by(&header, &claims, tag);
                cases.add(format!("EdDSA in the header, {algorithm} with {name}"), flawed, forge.plain());
            }
        }
        let digests = |message: &[u8]| digest::digest(&digest::SHA512, message).as_ref().to_vec();
        cases.add("a digest for a signature", signed_by(&forge.header.to_string(), &claims, digests), forge.plain());

        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let encodings: [(&str, &'static dyn signature::RsaEncoding); 2] =
            [("RS256", &signature::RSA_PKCS1_SHA256), ("PS256", &signature::RSA_PSS_SHA256)];
        for (algorithm, encoding) in encodings {
            let sign = |message: &[u8]| {
                let mut signature = vec![0; rsa.public_modulus_len()];
                rsa.sign(encoding, &random, message, &mut signature).unwrap();
                signature
            };
            let header = with_algorithm(forge, &json!(algorithm));
            cases.add(format!("{algorithm} by a stranger"), signed_by(&header, &claims, sign), forge.plain());
        }
        for (form, algorithm) in [
            ("fixed", &signature::ECDSA_P256_SHA256_FIXED_SIGNING),
            ("DER", &signature::ECDSA_P256_SHA256_ASN1_SIGNING),
        ] {
            let pair = EcdsaKeyPair::generate(algorithm).unwrap();
            let sign = |message: &[u8]| pair.sign(&random, message).unwrap().as_ref().to_vec();
            for header in [with_algorithm(forge, &json!("ES256")), forge.header.to_string()] {
                cases.add(format!("ES256 in {form} form, {header}"), signed_by(&header, &claims, sign), forge.plain());
            }
        }
        let stranger = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        let sign = |message: &[u8]| stranger.sign(message).as_ref().to_vec();
        cases.add("another key", signed_by(&forge.header.to_string(), &claims, sign), forge.plain());
        cases
    })
    .await;
}

#[tokio::test]
async fn no_header_leads_to_another_key_or_rule() {
    each(|forge| {
        let mut cases = Cases::default();
        let stranger = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        let x = base64(stranger.public_key().as_ref());
        let key =
            json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": forge.header["kid"], "x": x});
        let certificate = STANDARD.encode([0x30, 0x03, 0x02, 0x01, 0x01]);
        let fields = [
            ("jwk", key.clone()),
            ("jwk", Value::Null),
            ("jku", json!("https://evil.example/jwks.json")),
            ("jku", json!(format!("{}/.well-known/jwks.json", forge.app.url))),
            ("x5u", json!("https://evil.example/chain.pem")),
            ("x5c", json!([certificate])),
            ("x5t", json!("AAAA")),
            ("x5t#S256", json!("AAAA")),
            ("crit", json!(["b64"])),
            ("crit", json!(["exp"])),
            ("crit", json!(["x-unknown"])),
            ("crit", json!([])),
            ("crit", Value::Null),
            ("b64", json!(true)),
            ("cty", json!("JWT")),
            ("zip", json!("DEF")),
            ("enc", json!("A256GCM")),
            ("epk", key),
            ("apu", json!("AAAA")),
            ("nonce", json!("n")),
            ("iss", forge.claims["iss"].clone()),
            ("x-own", json!(1)),
        ];
        for (field, value) in fields {
            let header = changed(&forge.header, field, Some(value.clone())).to_string();
            let claims = forge.claims.to_string();
            let by_stranger = signed_by(&header, &claims, |message| stranger.sign(message).as_ref().to_vec());
            cases.add(format!("{field} {value} by a stranger"), by_stranger, forge.plain());
            cases.add(format!("{field} {value} by ourselves"), forge.with_header(&header), forge.plain());
        }
        let unencoded = changed(&changed(&forge.header, "b64", Some(json!(false))), "crit", Some(json!(["b64"])));
        cases.add("an unencoded payload", forge.with_header(&unencoded.to_string()), forge.plain());
        cases
    })
    .await;
}

#[tokio::test]
async fn a_key_is_named_exactly_and_so_is_the_kind_of_token() {
    each(|forge| {
        let mut cases = Cases::default();
        let kid = forge.header["kid"].as_str().unwrap();
        let names = [
            json!("../../../../dev/null"),
            json!("/dev/null"),
            json!(format!("../{kid}")),
            json!(format!("{kid}/../{kid}")),
            json!("' OR '1'='1"),
            json!(format!("{kid}' --")),
            json!(format!("{kid}\u{0}")),
            json!(format!(" {kid}")),
            json!(kid.to_lowercase()),
            json!(kid.chars().take(8).collect::<String>()),
            json!("$(id)"),
            json!("https://evil.example/key"),
            json!("A".repeat(900)),
            json!("unknown"),
            json!(""),
            json!(0),
            json!([kid]),
            json!({ "kid": kid }),
            Value::Null,
        ];
        for name in names {
            cases.add(format!("kid {name}"), forge.header_field("kid", Some(name)), forge.plain());
        }
        cases.add("no kid", forge.header_field("kid", None), forge.plain());
        for typ in ["JWT", "jwt", "AT+JWT", "application/at+jwt", "at+jwt ", "id_token", "dpop+jwt", "logout+jwt", ""] {
            cases.add(format!("typ {typ}"), forge.header_field("typ", Some(json!(typ))), forge.plain());
        }
        cases.add("typ null", forge.header_field("typ", Some(Value::Null)), forge.plain());
        cases.add("no typ", forge.header_field("typ", None), forge.plain());
        cases
    })
    .await;
}

#[tokio::test]
async fn a_token_has_exactly_our_claims_for_us_and_for_now() {
    each(|forge| {
        let mut cases = Cases::default();
        let now = forge.app.clock_seconds();
        let claim = |name: &str, value: Value| forge.claim(name, Some(value));
        for issuer in
            ["https://evil.example", "", "http://127.0.0.1:8080/", "HTTP://127.0.0.1:8080", "http://127.0.0.1"]
        {
            cases.add(format!("iss {issuer}"), claim("iss", json!(issuer)), forge.plain());
        }
        let own = |name: &str| forge.claims[name].clone();
        cases.add("iss in a list", claim("iss", json!([own("iss")])), claim("iss", own("iss")));
        for audience in [json!("kinward-billing"), json!("Kinward"), json!(""), json!("*"), json!([]), Value::Null] {
            cases.add(format!("aud {audience}"), claim("aud", audience), claim("aud", json!("kinward")));
        }
        for audience in [json!(["kinward"]), json!(["other", "kinward"]), json!({"0": "kinward"})] {
            cases.add(format!("aud {audience}"), claim("aud", audience), claim("aud", json!("kinward")));
        }
        for name in ["iss", "aud", "sub", "sid", "rid", "iat", "nbf", "exp", "jti"] {
            cases.add(format!("no {name}"), forge.claim(name, None), claim(name, own(name)));
            cases.add(format!("{name} null"), claim(name, Value::Null), claim(name, own(name)));
        }
        for name in ["sub", "sid", "rid"] {
            let another = json!("01930000-0000-7000-8000-000000000001");
            cases.add(format!("another {name}"), claim(name, another), claim(name, own(name)));
            for junk in [json!(""), json!("junk"), json!(7), json!([own(name)])] {
                cases.add(format!("{name} {junk}"), claim(name, junk), claim(name, own(name)));
            }
        }
        for (name, value) in [("admin", json!(true)), ("scope", json!("admin")), ("role", json!("administrator"))] {
            cases.add(format!("a claim {name} that we never write"), claim(name, value), forge.plain());
        }
        let times = |iat: i64, nbf: i64, exp: i64| {
            let claims = changed(&forge.claims, "iat", Some(json!(iat)));
            let claims = changed(&changed(&claims, "nbf", Some(json!(nbf))), "exp", Some(json!(exp)));
            forge.with_payload(&claims.to_string())
        };
        cases.add("over", times(now - 600, now - 600, now), times(now - 599, now - 599, now + 1));
        cases.add("not begun", times(now, now + 31, now + 600), times(now, now + 30, now + 600));
        cases.add("made in the future", times(now + 31, now, now + 600), times(now + 30, now, now + 600));
        cases.add("too long", times(now, now, now + 601), times(now, now, now + 600));
        cases.add("for years", times(now, now, now + 315_360_000), times(now, now, now + 600));
        cases.add("for ever", times(now, now, i64::MAX), times(now, now, now + 600));
        cases.add("begun long ago and still good", times(now - 601, now - 601, now + 1), times(now - 599, 0, now + 1));
        cases.add("over before it began", times(now + 20, now, now + 10), times(now + 20, now, now + 30));
        cases.add("made before time", times(i64::MIN, now, now + 600), times(now, now, now + 600));
        for wrong in ["\"1800000000\"", "1e400", "18000000000000000000000", "true", "[]", "1800000000.5", "-1", "0"] {
            let text =
                forge.claims.to_string().replace(&format!("\"exp\":{}", own("exp")), &format!("\"exp\":{wrong}"));
            assert!(text.contains(wrong), "{text}");
            cases.add(format!("exp {wrong}"), forge.with_payload(&text), forge.plain());
        }
        cases
    })
    .await;
}

#[tokio::test]
async fn what_can_be_read_in_two_ways_is_not_read() {
    each(|forge| {
        let mut cases = Cases::default();
        let header = |text: &str| forge.header_begins(text);
        let payload = |text: &str| forge.payload_begins(text);
        // The control is the same splice of nothing but a space.
        for text in [
            r#""alg":"none","#,
            r#""alg":"EdDSA","#,
            r#""\u0061lg":"none","#,
            r#""kid":"other","#,
            r#""typ":"JWT","#,
            r#""x":1,"x":2,"#,
            r#""ALG":"none","#,
        ] {
            cases.add(format!("header begins {text}"), header(text), header(" "));
        }
        let last = forge.header.to_string().replace('}', r#","alg":"EdDSA"}"#);
        cases.add("header ends with the algorithm again", forge.with_header(&last), header(" "));
        for name in ["iss", "aud", "sub", "sid", "rid", "iat", "nbf", "exp", "jti"] {
            let again = format!("\"{name}\":{},", forge.claims[name]);
            cases.add(format!("{name} twice"), payload(&again), payload(" "));
        }
        for text in [r#""\u0073ub":"01930000-0000-7000-8000-000000000001","#, r#""SUB":"x","#, r#""":1,"#] {
            cases.add(format!("payload begins {text}"), payload(text), payload(" "));
        }
        let (head, claims) = (forge.header.to_string(), forge.claims.to_string());
        let values = |object: &Value| {
            let list: Vec<Value> = object.as_object().unwrap().values().cloned().collect();
            Value::Array(list).to_string()
        };
        for (name, head, claims) in [
            ("header as a list", json!(["EdDSA", "at+jwt", forge.header["kid"]]).to_string(), claims.clone()),
            ("payload as a list", head.clone(), values(&forge.claims)),
            ("payload in a list", head.clone(), format!("[{claims}]")),
            ("two payloads", head.clone(), format!("{claims}{claims}")),
            ("text after the payload", head.clone(), format!("{claims}x")),
            ("text after the header", format!("{head}x"), claims.clone()),
            ("a byte order mark", head.clone(), format!("\u{feff}{claims}")),
            ("a comment", head.clone(), claims.replacen('{', "{/* */", 1)),
            ("a trailing comma", head.clone(), claims.replace('}', ",}")),
            ("single quotes", head.clone(), claims.replace('"', "'")),
            ("a payload that is a text", head.clone(), json!(claims).to_string()),
            ("an empty payload", head.clone(), String::new()),
            ("an empty header", String::new(), claims.clone()),
            ("an empty object", head.clone(), "{}".to_owned()),
        ] {
            cases.add(
                name,
                forge.sign(&head, &claims),
                forge.sign(&forge.header.to_string(), &forge.claims.to_string()),
            );
        }
        let claims = [&b"{\"iss\":\"\xff\xfe\","[..], &forge.claims.to_string().as_bytes()[1..]].concat();
        cases.add("bytes that are no UTF-8", forge.sign_encoded(&base64(&head), &base64(claims)), forge.plain());
        cases
    })
    .await;
}

#[tokio::test]
async fn a_token_has_one_form_and_one_spelling() {
    each(|forge| {
        let mut cases = Cases::default();
        let token = forge.plain();
        let [head, claims, signature] = token.split('.').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
        let flat = json!({"protected": head, "payload": claims, "signature": signature}).to_string();
        let general =
            json!({"payload": claims, "signatures": [{"protected": head, "signature": signature}]}).to_string();
        let encrypted = format!("{head}.AAAA.AAAA.{claims}.{signature}");
        for (name, flawed) in [
            ("JSON serialisation, flat", flat.clone()),
            ("JSON serialisation, general", general),
            ("JSON serialisation in base64", base64(flat)),
            ("JWE", encrypted),
            ("JWE with an empty key", format!("{head}..AAAA.{claims}.{signature}")),
            ("detached payload", format!("{head}..{signature}")),
            ("two parts", format!("{head}.{claims}")),
            ("two parts and a dot", format!("{head}.{claims}.")),
            ("four parts", format!("{token}.{signature}")),
            ("a dot in front", format!(".{token}")),
            ("a dot at the end", format!("{token}.")),
            ("dots", "..".to_owned()),
            ("two tokens", format!("{token},{token}")),
            ("a quoted token", format!("\"{token}\"")),
            ("a second scheme", format!("Bearer {token}")),
            ("a space in the middle", format!("{head}. {claims}.{signature}")),
            ("a tab in the middle", format!("{head}.\t{claims}.{signature}")),
            ("a line end in the middle", format!("{head}.{claims}\n.{signature}")),
            ("a line end in the signature", format!("{head}.{claims}.{}\r\n{}", &signature[..40], &signature[40..])),
            ("a zero byte", format!("{token}\u{0}")),
            ("a zero-width space", format!("{head}.{claims}\u{200b}.{signature}")),
            ("full-width dots", format!("{head}\u{ff0e}{claims}\u{ff0e}{signature}")),
            ("percent signs", token.replace('.', "%2E")),
            ("padding", format!("{token}==")),
            ("padding inside", format!("{head}==.{claims}.{signature}")),
        ] {
            cases.add(name, flawed, token.clone());
        }
        spellings(forge, &mut cases);
        cases
    })
    .await;
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The same bytes with the bits set that no byte takes up.
fn with_left_over_bits(part: &str) -> String {
    let (start, last) = part.split_at(part.len() - 1);
    let at = ALPHABET.iter().position(|letter| *letter == last.as_bytes()[0]).unwrap();
    format!("{start}{}", char::from(ALPHABET[at + 1]))
}

fn spellings(forge: &Forge, cases: &mut Cases) {
    // Spaces at the end of the JSON bring the length to where bits are left over, or padding is due.
    let padded = |value: &Value, rest: usize| {
        let mut text = value.to_string();
        while text.len() % 3 != rest {
            text.push(' ');
        }
        text
    };
    for rest in [1, 2] {
        let (head, claims) = (base64(padded(&forge.header, rest)), base64(padded(&forge.claims, rest)));
        let good = forge.sign_encoded(&head, &claims);
        let signature = good.rsplit('.').next().unwrap().to_owned();
        let pad = "=".repeat(3 - rest);
        for (name, flawed) in [
            ("bits left over in the header", forge.sign_encoded(&with_left_over_bits(&head), &claims)),
            ("bits left over in the payload", forge.sign_encoded(&head, &with_left_over_bits(&claims))),
            ("bits left over in the signature", format!("{head}.{claims}.{}", with_left_over_bits(&signature))),
            ("padding in the header", forge.sign_encoded(&format!("{head}{pad}"), &claims)),
            ("padding in the payload", forge.sign_encoded(&head, &format!("{claims}{pad}"))),
            ("padding in the signature", format!("{head}.{claims}.{signature}==")),
            ("white space signed with it", forge.sign_encoded(&head, &format!("{claims}\n"))),
        ] {
            cases.add(format!("{name} ({rest})"), flawed, good.clone());
        }
    }
    // A token whose signature has a letter that the two alphabets spell differently.
    let good = (0..64)
        .map(|spaces| forge.with_payload(&format!("{}{}", forge.claims, " ".repeat(spaces))))
        .find(|token| token.rsplit('.').next().unwrap().contains(['-', '_']))
        .unwrap();
    let (start, signature) = good.rsplit_once('.').unwrap();
    let flawed = format!("{start}.{}", signature.replace('-', "+").replace('_', "/"));
    cases.add("the alphabet that is not safe in addresses", flawed, good.clone());
    let long = |length: usize| {
        let spaces = " ".repeat(length);
        forge.with_payload(&format!("{}{spaces}", forge.claims))
    };
    let most = (0..2_048).map(long).take_while(|token| token.len() <= 2_048).last().unwrap();
    assert!(most.len() > 2_040);
    cases.add("too long by a little", long(1_500), most.clone());
    cases.add("very long", long(30_000), most);
}
