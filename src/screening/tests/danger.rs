//! Threats, abuse, cries for help.

use super::super::{Category, Outcome};
use super::{all_found, none_found, screen};

#[test]
fn threats_are_found() {
    all_found(
        Category::Threat,
        &[
            "I will hurt you",
            "I'll find you",
            "you will regret this",
            "watch your back",
            "I know where you live",
            "keep your mouth shut",
            "you're dead",
            "if you tell the police I will come",
            "you'll pay for this",
            "I'm going to kill you",
            "you will never see her again",
            "I will post the pictures online unless you answer",
            "I'll have your kids taken away",
            "nobody will find you",
            "we will come for you",
        ],
    );
}

#[test]
fn mild_abuse_is_delivered_and_flagged() {
    let texts = [
        "you are an idiot",
        "You're useless",
        "shut up",
        "go to hell",
        "I hate you",
        "you liar",
        "you are such a bad mother",
        "piss off",
        "get lost",
        "you're so pathetic",
        "drop dead",
        "screw you",
        "nobody likes you",
        "what is wrong with you",
        "you are a terrible person",
    ];
    all_found(Category::Abuse, &texts);
    for text in texts {
        assert_eq!(screen(text).outcome, Outcome::DeliverAndFlag, "{text}");
    }
    none_found(&[
        "You are not stupid.",
        "I felt stupid and useless.",
        "The system is pathetic.",
        "I hate this week.",
        "He lied to us.",
        "I shut the door.",
        "You are a good mother.",
        "Nobody listened to me.",
        "We got through it.",
        "That was wrong of them.",
    ]);
}

#[test]
fn a_cry_for_help_is_delivered_and_pages_somebody() {
    let texts = [
        "I want to die",
        "I don't want to live anymore",
        "I want to kill myself",
        "she says she is suicidal",
        "I can't go on",
        "I wish I was dead",
        "everyone would be better off without me",
        "I keep hurting myself",
        "she is cutting herself again",
        "he is here now",
        "he's outside the door",
        "they are breaking into the house now",
        "I'm not safe",
        "please help me",
        "he has a gun",
        "she went missing today, my daughter is missing since last night",
        "he said he will kill me",
        "I took all the pills",
        "there is no reason to live",
        "call 911 now",
        "we're in danger",
        "I can't take it anymore",
        "I will end it all",
        "he found us",
        "I don't want to die but I want to end it",
    ];
    all_found(Category::Crisis, &texts);
    for text in texts {
        assert!(screen(text).page, "{text}");
    }
    assert_eq!(screen("I want to die").outcome, Outcome::DeliverAndPage);
    let both = screen("I want to die, call 555-201-0123");
    assert_eq!((both.outcome, both.page), (Outcome::Hold, true));
    none_found(&[
        "I am dying to see the garden.",
        "She is not suicidal any more.",
        "The suicide prevention line is 988.",
        "That cake is to die for.",
        "He is here on Tuesdays.",
        "I killed the engine.",
        "My phone died.",
        "I cut the grass myself.",
        "We are safe.",
        "In danger, 911 is the number.",
        "She lives with her aunt.",
        "I am tired.",
        "My plan is to go on walking every day.",
        "The deadline kills me.",
        "It ended well.",
    ]);
}

#[test]
fn danger_to_others_is_a_threat_and_danger_to_oneself_a_cry_for_help() {
    for text in [
        "I have a gun and I know where she is",
        "I'm going to kill her",
        "I've got a knife",
        "I will shoot him",
        "I am going to beat her",
        "we gonna hurt you",
    ] {
        let found = screen(text);
        let categories: Vec<_> = found.findings.iter().map(|f| f.category).collect();
        assert!(categories.contains(&Category::Threat) && !categories.contains(&Category::Crisis), "{text} {found:#?}");
        assert_eq!((found.outcome, found.page), (Outcome::Hold, true), "{text}");
    }
    for text in ["I know where she is", "We know where they live", "I know where she's hiding"] {
        assert_eq!(screen(text).outcome, Outcome::Hold, "{text}");
    }
    for text in [
        "He has a gun",
        "They have a gun",
        "he is going to kill her",
        "hes gonna kill her",
        "They said they were going to kill him",
        "He knows where we live and he found us",
    ] {
        assert_eq!(screen(text).outcome, Outcome::DeliverAndPage, "{text}");
    }
    for text in ["kill yourself", "you should kill yourself.", "kys"] {
        assert_eq!(screen(text).outcome, Outcome::Hold, "{text}");
    }
    assert_eq!(screen("Please don't kill yourself, stay with me").outcome, Outcome::DeliverAndPage);
    let both = screen("I have a gun and I want to die");
    assert_eq!((both.outcome, both.page), (Outcome::Hold, true));
    assert!(both.findings.iter().any(|f| f.category == Category::Crisis));
}

#[test]
fn who_is_missing_since_a_moment_ago_is_looked_for() {
    all_found(
        Category::Crisis,
        &[
            "she ran away again tonight",
            "He ran off this morning.",
            "My daughter has gone missing today",
            "she hasn't come home yet",
            "I can't find my daughter",
            "mi hija no volvió anoche",
            "im gonna end it tonight",
            "fr kms",
        ],
    );
    none_found(&["She ran away when she was twelve.", "He ran ten kms this morning.", "The bus did not come."]);
}
