//! Ways to reach somebody outside of this service: numbers, addresses, links, names elsewhere.

use super::super::{Category, Context, Outcome};
use super::{SCREENER, all_found, none_found};

#[test]
fn phones_are_found_in_every_disguise() {
    all_found(
        Category::Phone,
        &[
            "My number is 555-201-0123.",
            "(555) 201 0123",
            "call 5552010123 after six",
            "+44 20 7946 0958",
            "5 5 5 2 0 1 0 1 2 3",
            "555.201.0123",
            "five five five, two oh one, oh one two three",
            "five five five two zero one double four two three",
            "triple five two zero one zero one two three",
            "fivefivefive twozeroone zeroonetwothree",
            "555 two zero one 0123",
            "５５５-２０１-０１２３",
            "٥٥٥ ٢٠١ ٠١٢٣",
            "555-2Ol-Ol23",
            "5\u{200b}5\u{200b}5\u{200b}2010123",
            "5🌸5🌸5🌸2🌸0🌸1🌸0🌸1🌸2🌸3",
            "①②③ ⑦⑧⑨ ④⑤⑥⓪",
            "five, five, five, two, zero, one, four",
            "cinco cinco cinco dos cero uno cuatro",
            "area code 555 then 201 and 0123",
            "twenty five fifty five twenty one thirty",
        ],
    );
}

#[test]
fn ordinary_numbers_are_left_alone() {
    none_found(&[
        "Shall we talk at 10:30 or at 4 pm on Tuesday?",
        "The hearing is on 2026-03-08 at 10:30, then again on 14/05/2026.",
        "She was born in 1985, moved in 2003 and came back in 2019.",
        "It happened in 2019, 2020, 2021 and 2022.",
        "My three are 4, 7, 12 and 15 now.",
        "The classes are for ages 9, 11, 13 and 15.",
        "It cost $1,250.00 and then another $300.",
        "There were 1,200,000 people in the stadium.",
        "He came 1st, then 2nd, then 3rd.",
        "Breathe in, one two three four, hold, one two three four.",
        "Count with me: one, two, three, four, five, six, seven.",
        "We waited for 45 minutes, then 2 hours, then 3 days.",
        "March 8, 2026 is 10 weeks away.",
        "In danger call 911, or 988, or 1-800-843-5678.",
        "You can always reach 1 800 843 5678.",
        "I slept from 11 to 5 and woke 3 times.",
        "One or two of us had four or five hard days.",
        "We have 2 dogs, 3 cats and 14 chickens.",
        "The 1980s and 1990s were different.",
        "Open 9:00-17:00, and 9:00-12:30 at weekends.",
    ]);
}

#[test]
fn a_number_over_several_messages_is_found() {
    let recent = ["You can get me at 555".to_owned(), "201".to_owned()];
    let context = Context { recent: &recent, known_names: &[] };
    let found = SCREENER.screen("0123", &context).unwrap();
    assert_eq!((found.outcome, found.findings[0].detector.as_str()), (Outcome::Hold, "phone.split"));
    assert_eq!((found.findings[0].start, found.findings[0].end), (0, 4));
    for harmless in ["See you at 10:30", "I have 3 kids and they are doing well this week", "Thank you"] {
        assert_eq!(SCREENER.screen(harmless, &context).unwrap().outcome, Outcome::Deliver, "{harmless}");
    }
}

#[test]
fn emails_and_links_are_found() {
    all_found(
        Category::Email,
        &[
            "write to pat.doe@example.com",
            "pat . doe @ example . org",
            "pat at example dot com",
            "pat (at) example (dot) org",
            "pat[at]example[dot]net",
            "PAT＠EXAMPLE．COM",
            "раt@example.com",
            "it is pat99 at gmail",
            "patdoe@gmail",
            "pat at example.com",
            "I am on gmail as pat",
            "my email is patdoe77",
            "pat_doe AT example DOT co",
            "pat+kin@mail.example.co.uk",
            "pat@example\u{200b}.com",
        ],
    );
    all_found(
        Category::Link,
        &[
            "see https://example.com/a",
            "look at www.example.org",
            "example.com/join",
            "it is on example dot com",
            "example (dot) org",
            "hxxps://example.net",
            "t.me/somebody",
            "discord.gg/abcd",
            "go to my.page.example.co.uk",
            "http : // example.com",
            "ехample.com",
            "www dot example dot com",
            "example[dot]io",
            "bit.ly/abc",
            "HTTPS://EXAMPLE.COM",
        ],
    );
}

#[test]
fn handles_are_found() {
    all_found(
        Category::Handle,
        &[
            "find me @pat_doe",
            "snap: patdoe",
            "my insta is pat.doe",
            "add me on whatsapp",
            "text me on Signal",
            "let's talk on WhatsApp instead",
            "pat_doe99 on instagram",
            "my username is pat",
            "dm me",
            "what's your number?",
            "can we move to Telegram",
            "are you on Facebook?",
            "follow me on tiktok",
            "my discord tag is pat",
            "give me your email",
            "Instagram: @patdoe",
            "message me on my kik",
        ],
    );
}

#[test]
fn talk_about_the_net_is_ordinary() {
    none_found(&[
        "She met him on Instagram.",
        "My Instagram is private now.",
        "They talked on Snapchat for weeks.",
        "He deleted her account.",
        "The police looked at her phone.",
        "Meet me at school. me too, I said.",
        "I felt lost.Then it got better.",
        "Her Facebook was hacked, they think.",
        "We e-mailed the school.",
        "I was at home. Come what may.",
        "He had two phones.",
        "She spends more time online.",
        "A signal that I missed.",
        "Look at the dot on the map.",
        "I read about it on the web.",
        "She got a text from a stranger.",
    ]);
}

#[test]
fn what_leads_to_somebody_without_naming_it_is_found() {
    all_found(
        Category::Handle,
        &[
            "where do you live?",
            "Where is your house",
            "¿dónde vives?",
            "I am marcus2026 on the blue bird app",
            "let us talk on the app with the ghost",
        ],
    );
    all_found(Category::Money, &["venmo me", "gift cards would help me"]);
    all_found(Category::Solicitation, &["nos vemos en mi casa"]);
    none_found(&["Where do the ducks live in winter?", "She told us where she lives now."]);
}
