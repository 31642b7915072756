//! The same in Spanish, as deep as in English.

use super::super::{Category, Outcome};
use super::{all_found, none_found, screen};

#[test]
fn cries_for_help_are_delivered_and_page_somebody() {
    let texts = [
        "quiero morir",
        "me quiero matar",
        "no quiero vivir más",
        "ya no aguanto mas, me voy a matar esta noche",
        "Ya no quiero vivir.",
        "Quisiera estar muerta",
        "Pienso en suicidarme",
        "No tengo ganas de vivir",
        "La vida ya no vale la pena",
        "Todos estarían mejor sin mí",
        "Ojalá no despertara",
        "Ya no puedo más",
        "No puedo seguir así",
        "Voy a acabar con todo",
        "Se está haciendo daño otra vez",
        "Quiere cortarse las venas",
        "Me tomé todas las pastillas",
        "No estoy a salvo",
        "Estamos en peligro",
        "¡Ayúdame por favor!",
        "Él tiene una pistola",
        "Dijo que me va a matar",
        "Me está siguiendo",
        "Mi ex está afuera otra vez",
        "Está golpeando la puerta",
        "Mi hija desapareció anoche",
        "Mi nieto no regresó a casa desde ayer",
        "Por favor llamen a la policía",
        "Nos quiere matar",
        "Adiós para siempre",
    ];
    all_found(Category::Crisis, &texts);
    for text in texts {
        let found = screen(text);
        assert_eq!((found.outcome, found.page), (Outcome::DeliverAndPage, true), "{text} {found:#?}");
    }
}

#[test]
fn threats_are_held() {
    all_found(
        Category::Threat,
        &[
            "te voy a encontrar y te voy a matar",
            "Voy a matarte",
            "La voy a golpear",
            "Te vas a arrepentir",
            "Me las vas a pagar",
            "Cuídate la espalda",
            "Cierra la boca",
            "Sé dónde vives",
            "Ya sé dónde está ella",
            "Yo sé dónde estudia tu hija",
            "No la volverás a ver",
            "Nadie te va a encontrar",
            "Si le dices a alguien, algo malo va a pasar. Si le dices a alguien algo malo te va a pasar",
            "Voy a publicar tus fotos en internet",
            "Voy a hacer que te quiten a tus hijos",
            "Tengo una pistola",
            "Estás muerta",
            "Voy por tu hija",
            "Mátate",
            "Quiero que te mueras",
        ],
    );
    for urgent in ["te voy a matar", "Tengo una pistola"] {
        let found = screen(urgent);
        assert_eq!((found.outcome, found.page), (Outcome::Hold, true), "{urgent}");
    }
}

#[test]
fn offers_and_secrets_are_held() {
    all_found(
        Category::Money,
        &[
            "Mándame dinero",
            "¿Me prestas 50 dólares?",
            "Te puedo dar 100 pesos",
            "Necesito dinero hoy",
            "Mi número de cuenta es este",
            "Cómprame una tarjeta de regalo",
            "Deposítame $200",
            "Mándalo por Western Union",
            "¿Me puedes ayudar con la renta?",
            "Me debes dinero",
        ],
    );
    all_found(
        Category::Recruitment,
        &[
            "Es dinero fácil",
            "Puedes ganar mucho dinero",
            "Te consigo trabajo en otra ciudad",
            "Una agencia de modelos la busca",
            "Estamos contratando muchachas",
            "No se necesita experiencia",
            "Todos los gastos pagados",
            "Ven a trabajar conmigo",
            "Únete a nuestro equipo",
            "Conozco a alguien que contrata",
            "500 dólares por noche",
            "Tengo trabajo para tu sobrina, tengo un trabajo para ella",
            "Mi jefe paga bien",
            "Viaje gratis",
        ],
    );
    all_found(
        Category::Solicitation,
        &[
            "No le digas a nadie",
            "No se lo cuentes a la coordinadora",
            "Que quede entre nosotras",
            "Es nuestro secreto",
            "Borra estos mensajes",
            "Mándame una foto",
            "Nos vemos a solas",
            "Ven a mi casa",
            "Nos vemos en el parque a las seis",
            "Te espero mañana en la parada",
            "Podemos vernos el sábado en el centro comercial",
        ],
    );
}

#[test]
fn contact_and_identity_are_held() {
    all_found(
        Category::Handle,
        &[
            "Agrégame en WhatsApp",
            "Escríbeme por telegram",
            "Búscame en Instagram",
            "Estoy en Telegram como rosa99",
            "Mi usuario es rosa99",
            "¿Tienes WhatsApp?",
            "mándame tu whatsapp",
            "Mejor hablemos por Signal",
            "Dame tu número",
            "¿Cuál es tu dirección?",
            "Mándame un mensaje al privado, mándame inbox",
            "Pásame tu celular",
        ],
    );
    all_found(Category::Email, &["rosa arroba ejemplo punto com", "mi correo es rosa99", "rosa (arroba) ejemplo"]);
    all_found(Category::Link, &["está en ejemplo punto com", "ejemplo (punto) org"]);
    all_found(
        Category::StreetAddress,
        &["Vivo en la calle Robles", "Mi dirección es Robles 12", "Código postal 64000"],
    );
    all_found(
        Category::ThirdPartyIdentity,
        &["Mi hija se llama Robin", "Su nombre es Alex", "Mi apellido es Molina", "Va a la secundaria Juárez"],
    );
    all_found(
        Category::Phone,
        &["cinco cinco cinco dos cero uno cero uno dos tres", "mi numero: cinco cinco doce treinta y cuatro noventa"],
    );
}

#[test]
fn mild_abuse_is_flagged_and_ordinary_talk_is_not() {
    for text in ["Eres una inútil", "Cállate", "Te odio", "Vete al diablo"] {
        assert_eq!(screen(text).outcome, Outcome::DeliverAndFlag, "{text}");
    }
    none_found(&["Me siento inútil", "Odio esta semana", "No eres mala madre"]);
}
