//! Where somebody lives and who they are.

use super::super::{Category, Context, Outcome};
use super::{SCREENER, all_found, none_found};

#[test]
fn addresses_and_identities_are_found() {
    all_found(
        Category::StreetAddress,
        &[
            "I live at 12 Elm Street",
            "1420 north oak avenue",
            "22 Garden Court",
            "77 Old Mill Rd.",
            "PO Box 1234",
            "apt 4b",
            "12b baker street",
            "twelve elm street",
            "We are in Springfield, IL 62704",
            "my zip is 90210",
            "SW1A 1AA",
            "we're staying at 5 rosewood",
            "350 Fifth Avenue",
            "1 Infinite Lane",
            "48 St Marks Place",
        ],
    );
    all_found(
        Category::ThirdPartyIdentity,
        &[
            "my daughter's name is Robin",
            "my son is called Alex",
            "her name is Robin",
            "his real name is Alex",
            "she goes to Lincoln middle school",
            "my niece is named Robin",
            "her date of birth is 4 May 2011",
            "DOB: 04/05/2011",
            "my surname is Miller",
            "their name is Kim",
            "my granddaughter named Robin",
            "my full name is Pat Miller",
            "her last name is Miller",
            "he attends Roosevelt high school",
            "the girl's name is Robin",
        ],
    );
    none_found(&[
        "We walked 2 miles down the road.",
        "It is a 15 minute drive.",
        "She was 3 days on the street.",
        "There were 12 of us on the way.",
        "I have 20 years of this.",
        "It took 10 minutes to drive there.",
        "Her name is not important.",
        "His name is still in the papers.",
        "The school called me back.",
        "My daughter called me last night.",
        "She goes to school again.",
        "We had 2 court dates.",
        "One day at a time, one step closer.",
        "Two people came by the house.",
        "3 months of juvenile court.",
    ]);
}

#[test]
fn known_names_are_found_in_any_spelling() {
    let names = ["Robin Fictional".to_owned(), "José".to_owned()];
    let context = Context { recent: &[], known_names: &names };
    for text in ["Robin is well", "about ROBIN's school", "mr fictional", "Jose came", "Rоbin"] {
        assert_eq!(SCREENER.screen(text, &context).unwrap().outcome, Outcome::Hold, "{text}");
    }
    assert_eq!(SCREENER.screen("A robinia in bloom", &context).unwrap().outcome, Outcome::Deliver);
}
