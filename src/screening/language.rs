//! Whether a text is in a language that the rules are for. Finding nothing in any other says nothing.
//!
//! Everyday texts are short, and no statistics tell the language of three words. So common words are counted first, and the
//! detector of languages (trigrams) is asked only about texts in which few of them stand.

use std::collections::HashSet;

use regex::Regex;
use unicode_normalization::UnicodeNormalization as _;
use whatlang::Lang;

use super::ScreeningError;
use super::fold::Folded;

/// The fewest words that are judged: names and exclamations have fewer.
const FEWEST: usize = 3;
/// The most parts of a text that are judged one by one; a text of more is judged as a whole only.
const MOST_PARTS: usize = 100;

/// Common words of English, those of writing on a telephone too.
const ENGLISH: &str = "a about after again all already also always am an and any anyone anything appointment are around as ask \
    asked at away back bad be because been before being best better big both but by bye call called came can cant care child \
    children come coming could court dad daughter day days did didnt do does doesnt doing done dont down each early easy else \
    enough even ever every everyone everything evening family far feel feeling felt few find fine first food for forget friend \
    friends from get getting girl give glad go goes going gone good got great had happy hard has have havent having he hear \
    heard hello help her here hers hes hey hi him his home hope house how i id if ill im in into is isnt it its ive just keep \
    kid kids kind know last late later least less let lets life like little lol long look lot love made make man many may \
    maybe me mean meet mentor met might mind mine minutes moment mom monday money month months more morning most mother much \
    mum must my need never new next nice night no not nothing now number of off oh ok okay old on once one only or other our \
    out over own people phone place please pretty problem put quiet ready really remember right safe said same saw say says \
    school see seen she shes should since sleep so some someone something son soon sorry sounds still stay stop sure take \
    talk talked tell than thank thanks that thats the their them then there these they theyre thing things think this those \
    though thought through thursday time tired to today together told tomorrow tonight too took try trying tuesday two u \
    until up ur us very wait want wanted was wasnt watch way we wednesday week weekend weeks well went were weve what whats \
    when where which while who why will wish with wont work worry would year years yeah yes yesterday yet you your youre \
    yours friday saturday sunday thx pls tmrw btw number hours hour session between word words step";
/// Common words of Spanish, folded.
const SPANISH: &str = "a abrazo abuela abuelo adios ahi ahora ahorita al algo alguien alla alli amiga amigo amigos antes aqui asi \
    aun aunque ayer ayuda ayudar bien bueno buena buenas buenos cada casa casi cita claro como con contigo conmigo cosa cosas \
    creo cual cuando cuanto cuidate da dale de del despues desde dia dias dice dijo dios domingo donde dormir dos duele e el \
    ella ellas ellos en entonces entre era eres es esa ese eso esos esa esta estaba estamos estan estar estas este esto estos \
    estoy estuvo falta familia favor feliz fin fue fui fuerte gente gracias gusta gusto ha haber habla hablamos hablar hace \
    hacer hago han hasta hay haya he hermana hermano hice hija hijo hizo hola hora horas hoy iba igual ir jueves juntos la las \
    le les listo llego llegue lo los luego lunes mal mama manana martes mas me mejor menos mes mi miedo miercoles mil mis \
    mismo momento mucha muchas mucho muchos muy nada nadie ni nina nino ninos no noche noches nos nosotros nuestra nuestro \
    nunca o ojala otra otro papa para parece pasa paso pero perdon poco poder porque por primera pronto pude puede puedes puedo \
    pues que quien quiere quiero quieres razon re sabado sabe saber sabes salio se sea sabemos semana ser si siempre siento \
    siga sigue sin sobre solo son soy su sus tal tambien tan tanto tarde tardes te tengo tenemos ti tia tiempo tiene tienes \
    toda todas todavia todo todos trabajo tranquila tranquilo tres triste tu tus un una uno unos usted va vamos van vas vaya ve \
    veces vemos venir veo ver verdad vez vida viernes vine voy vuelta y ya yo escuela esperando espero estudiar dormi pudo \
    cansada cansado avisame nuevo nueva hubo dolor cabeza llamada mensaje";
/// Words that are common in some other languages; those that stand in a list above tell nothing. A few tell even a short
/// text.
const FOREIGN: &[&str] = &[
    // French
    "je tu nous vous ils elles est sont suis etes pas ne plus veux veut peux peut vais vas mon ton notre votre avec pour dans sur \
     mais ou oui bonjour bonsoir merci demain soir aujourdhui quand cest jai tai quoi tres bien chez moi toi lui leur des du les et",
    // Portuguese
    "eu voce voces nao sim sao estou estao obrigado obrigada amanha hoje ontem minha meu seu sua voce muito tenho tem vou vai \
     com uma um para onde quando isso tudo bom boa dia noite ola agora aqui fazer",
    // German
    "ich du er wir ihr sie nicht und oder aber mit fur ist sind war bin bist habe hast hat haben wird werde kann will mein dein \
     dich mich uns auf der die das den dem ein eine einen heute morgen abend danke bitte wo wann wie was zu",
    // Italian
    "io lui lei noi voi sono sei siamo non che di il gli della alla questo questa sono ho hai abbiamo voglio vuoi domani oggi \
     ieri grazie ciao buongiorno dove quando come tutto molto mio mia tuo tua ci vediamo stasera per con",
    // Haitian Creole
    "mwen ou li nou yo pa gen ap te pral vle konnen kote ki sa ak nan pou anpil jodi demen mesi bonjou tann tanpri",
    // Tagalog
    "ako ikaw ka siya kami tayo sila ang ng mga sa hindi oo salamat bukas ngayon gusto kita mo ko ba po ito saan kailan tayo",
    // Vietnamese
    "toi ban khong va la cua cho nay ngay mai gap anh em chi duoc roi voi o dau khi nao",
    // Polish, Turkish
    "nie tak jest sie na jutro dzisiaj dziekuje prosze gdzie kiedy mam masz chce bede moj twoj",
    "ben sen biz siz bir ve bu icin yarin bugun evet hayir tesekkurler nerede ne zaman var yok cok",
];

/// Tells what the rules can judge.
#[derive(Debug)]
pub(super) struct Languages {
    other_script: Regex,
    known: HashSet<&'static str>,
    foreign: Vec<HashSet<&'static str>>,
}

impl Languages {
    pub(super) fn new() -> Result<Self, ScreeningError> {
        // Letters that are dressed up (mathematical, circled) belong to no script, and are read as the plain ones.
        let other_script = Regex::new(r"[\p{L}--[\p{Latin}\p{Common}\p{Inherited}]]");
        let known: HashSet<_> = ENGLISH.split_whitespace().chain(SPANISH.split_whitespace()).collect();
        let only = |list: &'static str| list.split_whitespace().filter(|word| !known.contains(word)).collect();
        let foreign = FOREIGN.iter().map(|list| only(list)).collect();
        Ok(Self { other_script: other_script.map_err(|_| ScreeningError::BrokenRules)?, known, foreign })
    }

    /// Whether the text, or a sentence of it, is in another script, or clearly in another language.
    pub(super) fn is_unknown(&self, text: &str) -> bool {
        let plain: String = text.nfkc().collect();
        let sentences = || plain.split(['.', '!', '?', '\n', ';', ':']);
        let clauses = || sentences().flat_map(|sentence| sentence.split(','));
        self.other_script.is_match(&plain)
            || self.is_foreign(&plain)
            || (clauses().count() <= MOST_PARTS && sentences().chain(clauses()).any(|part| self.is_foreign(part)))
    }

    /// Whether the words are clearly of another language than English and Spanish.
    fn is_foreign(&self, part: &str) -> bool {
        let folded = Folded::new(part).text;
        let words: Vec<&str> = folded.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
        if words.len() < FEWEST {
            return false;
        }
        let count = |list: &HashSet<&str>| words.iter().filter(|word| list.contains(*word)).count();
        let (known, foreign) = (count(&self.known), self.foreign.iter().map(count).max().unwrap_or_default());
        if foreign >= 2 && foreign > known && foreign * 3 >= words.len() {
            return true;
        }
        // The more of the words are known, the surer the detector must be.
        let (few, many) = (known * 4 <= words.len(), known * 5 > words.len() * 3);
        let sure = if few { 0.5 } else { 0.9 };
        let other =
            |found: whatlang::Info| !matches!(found.lang(), Lang::Eng | Lang::Spa) && found.confidence() >= sure;
        !many && whatlang::detect(part).is_some_and(other)
    }
}
