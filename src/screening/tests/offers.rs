//! Money, work, secrets: what is offered or asked for.

use super::super::Category;
use super::{all_found, none_found};

#[test]
fn money_is_found() {
    all_found(
        Category::Money,
        &[
            "send me money",
            "can you lend me 50 dollars",
            "I can pay you $100",
            "my cash app is patdoe",
            "pay me first",
            "transfer me some cash",
            "could you help me with rent",
            "I need money today",
            "you owe me",
            "buy me a gift card",
            "give me $20",
            "send it by Western Union",
            "I'll give you some money",
            "double your money",
            "my bank account number",
        ],
    );
}

#[test]
fn recruitment_and_solicitation_are_found() {
    all_found(
        Category::Recruitment,
        &[
            "it's easy money",
            "you can earn good money",
            "I can get her a job in another city",
            "a modelling agency wants her",
            "we are hiring girls",
            "no experience needed",
            "all expenses paid",
            "come work for me",
            "join our team",
            "I know someone who is hiring",
            "make $500 a night",
            "job opportunity for your daughter",
            "travel with my friend",
            "my boss pays well",
            "bring your daughter to work",
        ],
    );
    all_found(
        Category::Solicitation,
        &[
            "don't tell the coordinator",
            "keep this a secret",
            "send me a picture",
            "meet me alone",
            "come to my house",
            "just between you and me",
            "delete these messages",
            "send a photo of yourself",
        ],
    );
}

#[test]
fn talk_about_money_and_work_is_ordinary() {
    none_found(&[
        "I lost my job and money is tight.",
        "They gave her money and a phone.",
        "We paid $40 for the bus.",
        "She found a job at a bakery.",
        "He threatened the family for years.",
        "I told the police everything.",
        "The judge will decide.",
        "I watched her back garden bloom.",
        "I will find out and tell you.",
        "It costs too much money.",
        "We make ends meet.",
        "I work with a good team.",
        "She travels with the choir.",
        "He kept it secret for a year.",
        "I have a picture of the lake on my wall.",
    ]);
}
