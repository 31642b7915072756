//! Cries for help in common languages that have no rules else. A text in one of them is held; these page somebody too.

/// In Latin letters, folded. One language a line: French, Portuguese, German, Italian, Haitian Creole, Tagalog, Vietnamese,
/// Polish, Turkish.
pub(super) const CRIES: &[&str] = &[
    r"je (?:veux|voudrais|vais) (?:mourir|me tuer|me suicider|en finir)|jai envie de mourir|je ne veux plus vivre|je nen peux plus|jen peux plus",
    r"quero (?:morrer|me matar)|vou me matar|nao quero (?:mais )?viver|nao aguento mais",
    r"ich (?:will|mochte|werde) (?:sterben|nicht mehr leben|mich umbringen|mich toten)|ich bringe mich um",
    r"voglio (?:morire|uccidermi|ammazzarmi)|non voglio piu vivere|mi (?:ammazzo|uccido)",
    r"(?:mwen|m) vle mouri|(?:mwen|m) pa vle viv",
    r"gusto ko (?:na|nang) (?:ng )?mamatay|ayoko (?:na|nang) (?:ng )?mabuhay|magpapakamatay ako",
    r"toi muon (?:chet|tu tu)|khong muon song",
    r"chce (?:umrzec|sie zabic)|nie chce (?:juz )?zyc",
    r"olmek istiyorum|kendimi oldurecegim",
];

/// In other scripts, as they are written. They are looked for in the folded text, folded too: Chinese, Russian, Ukrainian,
/// Arabic, Korean, Japanese, Hindi.
pub(in crate::screening) const CRIES_IN_SCRIPTS: &[&str] = &[
    "想死",
    "不想活",
    "自杀",
    "自殺",
    "хочу умереть",
    "не хочу жить",
    "покончить с собой",
    "хочу померти",
    "не хочу жити",
    "أريد أن أموت",
    "اريد ان اموت",
    "انتحر",
    "죽고 싶",
    "자살",
    "死にたい",
    "मरना चाहता",
    "मरना चाहती",
    "जीना नहीं चाहता",
    "जीना नहीं चाहती",
];
