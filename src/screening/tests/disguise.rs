//! Words that were written so as not to be recognised.

use super::super::{Category, Outcome};
use super::{all_found, none_found, screen};

#[test]
fn spelled_out_words_and_figures_for_letters_hide_nothing() {
    all_found(
        Category::Threat,
        &[
            "k i l l  y o u",
            "i will k i l l you",
            "k1ll y0u",
            "I w1ll k.i.l.l y.o.u",
            "t e  v o y  a  m a t a r",
            "1 w!ll k!ll you",
        ],
    );
    all_found(
        Category::Handle,
        &[
            "add me on wh4tsapp",
            "im on t3legram as rosa99",
            "te1egram is better",
            "w h a t s a p p",
            "find me on 1nstagram",
            "t-e-l-e-g-r-a-m",
            "s_n_a_p_c_h_a_t",
            "I'm on Telegram as rosa",
            "$napchat",
        ],
    );
    all_found(
        Category::Link,
        &["evil[.]com", "e v i l . c o m", "evil (.) org", "evil . com", "evil[dot]net", "e v i l dot com"],
    );
    all_found(
        Category::Crisis,
        &["i wanna kms", "i want to d1e", "k i l l  m y s e l f", "su1c1de", "i want to unalive myself"],
    );
}

#[test]
fn what_is_found_in_disguise_lies_where_it_was_written() {
    let text = "so add me: wh4tsapp, ok";
    let found = screen(text);
    assert_eq!(found.outcome, Outcome::Hold);
    assert!(found.findings.iter().any(|f| &text[f.start..f.end] == "wh4tsapp"), "{found:#?}");
}

#[test]
fn figures_and_single_letters_in_ordinary_words_are_left_alone() {
    none_found(&[
        "At 4pm, 5th grade, room 1B, B12 vitamins.",
        "I a m tired",
        "Plan A, B, C or D?",
        "We got 1st and 3rd.",
        "U r so right, c u l8r",
        "A-B-C blocks and a TV",
        "Help! It works!",
        "He got a 7up and an mp3 player.",
    ]);
}

#[test]
fn places_to_meet_are_found() {
    let starbucks = "lets meet at the Starbucks on 5th and Main at 6 tonight";
    all_found(
        Category::Solicitation,
        &[
            starbucks,
            "Meet me at the mall",
            "We could meet up on Sunday at the park",
            "I can pick you up at the bus stop",
            "can we meet near the gas station",
            "See you at the hotel tonight",
            "Why don't we meet outside the library?",
        ],
    );
    all_found(Category::StreetAddress, &[starbucks, "the corner of Oak and Main"]);
}
