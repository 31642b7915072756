//! What the rules cannot judge.

use super::super::Outcome;
use super::screen;

#[test]
fn a_text_in_another_language_or_script_is_held() {
    for text in [
        "我想死",
        "Привет, как дела?",
        "مرحبا كيف حالك",
        "γεια σου τι κάνεις",
        "안녕하세요",
        "नमस्ते आप कैसे हैं",
        "Hello 死",
        "je veux mourir",
        "je t'attends à la gare demain soir",
        "Good morning! On se voit demain à la gare, apporte ton argent.",
        "ti aspetto domani alla stazione con i soldi",
        "eu vou te encontrar amanhã na estação",
        "ich warte morgen am Bahnhof auf dich",
        "Wir treffen uns heute Abend",
        "hẹn gặp bạn ngày mai ở công viên",
        "magkita tayo bukas sa istasyon",
        "m ap tann ou demen nan estasyon an",
        "spotkajmy się jutro na dworcu",
        "Je sais où tu habites et je vais te trouver",
        "Hei, nähdään huomenna asemalla ja otan rahat mukaan",
    ] {
        let found = screen(text);
        assert!(found.unknown_language, "{text}");
        assert_eq!(found.outcome, Outcome::Hold, "{text}");
    }
}

#[test]
fn a_cry_for_help_in_another_language_pages_somebody_too() {
    for text in [
        "je veux mourir",
        "J'ai envie de mourir ce soir",
        "quero morrer",
        "não quero mais viver",
        "Ich will sterben",
        "voglio morire",
        "mwen vle mouri",
        "tôi muốn chết",
        "我想死",
        "我今天真的不想活了",
        "Я хочу умереть",
        "أريد أن أموت",
        "죽고 싶어요",
        "死にたい",
        "मैं मरना चाहता हूँ",
    ] {
        let found = screen(text);
        assert!(found.page, "{text} {found:#?}");
    }
}

#[test]
fn a_threat_in_a_known_language_is_no_unknown_one() {
    let found = screen("I will hurt you");
    assert!(!found.unknown_language && found.outcome == Outcome::Hold);
}
