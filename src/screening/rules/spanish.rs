//! Spanish phrases of threats, secrets, money, recruitment and abuse, and cries for help; folded, so without accents.

use super::super::Category::{self, Abuse, Crisis, Money, Recruitment, Solicitation, Threat};

/// Category, detector, pattern.
pub(super) const RULES: &[(Category, &str, &str)] = &[
    // What somebody will do to the other or to somebody else's life: "te voy a matar", "voy a lastimarla".
    (
        Threat,
        "threat.kill.es",
        r"(?:te|la|lo|le|los|las|les|a (?:todos|todas|tu [a-z]+)) (?:voy|vamos) a (?:matar|golpear|pegar|lastimar|hacer dano|disparar|secuestrar|violentar|desaparecer)|(?:voy|vamos|quiero) a? ?(?:matar|golpear|lastimar|pegar|disparar|secuestrar)(?:te|la|lo|le|los|las|les)|(?:te|los|las) (?:mato|matare|mataremos)",
    ),
    // To tell the other to end their life.
    (
        Threat,
        "threat.urge.es",
        r"(?:matate|muerete|suicidate)|(?:deberias|ve a|mejor) matarte|(?:quiero|espero|ojala) (?:que )?te mueras",
    ),
    // A weapon in the hands of who writes.
    (
        Threat,
        "threat.weapon.es",
        r"(?:tengo|traigo|llevo|cargo|consegui|compre) (?:una?|mi|la|el) (?:pistola|arma|cuchillo|navaja|machete|escopeta|rifle)",
    ),
    // To look for the other, to burn, break, ruin: "te voy a encontrar".
    (
        Threat,
        "threat.will.es",
        r"te (?:voy|vamos) a (?:quemar|arruinar|destruir|romper la (?:cara|madre)|hacer pagar|hacer sufrir|encontrar(?: y| donde| aunque| a donde|[.!,]|$))|te encontrare(?: y| donde| aunque|[.!,]|$)|voy a encontrarte(?: y| donde| aunque|[.!,]|$)|(?:voy|vamos) (?:a ir )?por (?:ti(?: ?[.!,;]|$| y te)|tu (?:hija|hijo|familia))|voy a hacerte (?:dano|pagar|sufrir)",
    ),
    // What will become of the other.
    (
        Threat,
        "threat.you.es",
        r"(?:te|se) (?:vas|va|van) a arrepentir|te arrepentiras|lo vas a (?:pagar|lamentar)|me las (?:vas a pagar|pagas|pagaras)|vas a (?:pagar por|pagarlo)",
    ),
    // Set phrases of threatening.
    (
        Threat,
        "threat.phrase.es",
        r"cuidate la espalda|(?:cierra|manten cerrada) (?:la|tu) boca|(?:estas|eres hombre|eres mujer) muert[oa]|(?:no|nunca|nunca mas) (?:(?:la|lo|los|las) (?:vas a volver|volveras) a ver|(?:vas a volver|volveras) a ver(?:la|lo|los|las| a tu [a-z]+))|nadie (?:te|los|las|la) va a encontrar|puedo hacerte desaparecer|te (?:tengo|estoy|estamos) (?:vigilad[oa]|vigilando|observando)",
    ),
    // To know where somebody is: "sé dónde vives". "No sé dónde está" says the opposite.
    (
        Threat,
        "threat.where.es",
        r"(?:^|[.!?,;] ?|y |ya |yo |si |porque |averigue |descubri )(?:se |sabemos )?donde (?:vives|viven|vive|trabajas|trabaja|estas|esta|estan|duermes|duerme|estudias|estudia|estudian|se (?:queda|esconde)) ?(?:[.!,;]|$|tu (?:hija|hijo|familia|casa|nina|nino)|tus (?:hijas|hijos)|ella|el\b|ellos)|(?:ya|yo|si) (?:se|sabemos) donde (?:vives|viven|vive|trabajas|estas|esta|estan|duermes|estudia)",
    ),
    // What happens if the other tells somebody, or leaves.
    (
        Threat,
        "threat.silence.es",
        r"si (?:le |les |se lo )?(?:dices|hablas|cuentas|llamas|denuncias|vas a|no (?:haces|contestas|vienes|pagas|respondes)|te vas|me dejas)(?: [a-z]+){0,6} (?:algo malo|te (?:va a (?:ir mal|pesar|pasar)|mato|juro|vas a arrepentir|arrepentiras)|vas a (?:pagar|sufrir|lamentar|ver)|lo vas a|me las|voy por)",
    ),
    // To publish pictures or messages.
    (
        Threat,
        "threat.expose.es",
        r"(?:voy|vamos) a (?:publicar|subir|mandar|enviar|ensenar|mostrar|compartir|difundir)(?: [a-z]+){0,3} (?:fotos?|videos?|mensajes|todo)(?: [a-z]+){0,4} (?:a (?:todos|tu|tus)|si no|en (?:internet|facebook|linea)|a menos)",
    ),
    // To have somebody's children taken away.
    (Threat, "threat.report_you.es", r"(?:quiten|quitar|quitaran|quitaremos) a (?:tus|tu) (?:hij[oa]s?|nin[oa]s?)"),
    // To keep something from others, or to delete what was said.
    (
        Solicitation,
        "solicit.secret.es",
        r"no (?:le |les |se lo |lo )?(?:digas|diga|digan|cuentes|cuente|menciones)(?: nada| esto)?(?: a| al| con)? (?:nadie|(?:la |el )?(?:coordinadora?|policia|programa|personal)|tu (?:mama|papa|madre|padre|espos[oa]|familia|mentora?|coordinadora?))|(?:esto|que) (?:es|sea|queda|quede) (?:un secreto|nuestro secreto|entre (?:nosotr[oa]s|tu y yo|los dos))|nuestro secreto|guarda(?:me|lo)? (?:este|en) secreto|(?:solo|queda) entre (?:tu y yo|nosotr[oa]s)|borra (?:este|esto|estos|los|el|la|nuestros?|nuestra)(?: [a-z]+)? ?(?:mensajes?|chat|conversacion)",
    ),
    // To send a picture.
    (
        Solicitation,
        "solicit.picture.es",
        r"(?:manda|mandame|envia|enviame|pasa|pasame|muestrame|ensename|mandanos|comparte)(?: (?:me|una?|unas|tu|tus|su|sus|la|las|otra|mas|alguna))* (?:fotos?|fotografias?|selfies?|videos?)",
    ),
    // To meet unseen, or at somebody's home.
    (
        Solicitation,
        "solicit.meet.es",
        r"(?:nos vemos|veamonos|vernos|encontremonos|juntemonos|quedamos|te espero|te veo|ven|verte)(?: [a-z]+){0,2} (?:a solas|en secreto|a escondidas|sin que nadie|sin decirle|sin avisar)|(?:nos vemos|veamonos|te espero|te veo|juntemonos) en (?:mi|tu) (?:casa|cuarto|depa|departamento|apartamento)|ven(?:te)? (?:a|para) mi (?:casa|cuarto|depa|departamento|apartamento|hotel)|(?:voy|ire|paso|llego) (?:a|por|hasta) tu (?:casa|departamento|apartamento)|(?:traeme|dejame|trae) a (?:tu (?:hij[oa]|nin[oa])|la nina|el nino)|deja(?:la|lo) conmigo",
    ),
    // A place to meet at: "nos vemos en el parque".
    (
        Solicitation,
        "solicit.place.es",
        r"(?:nos vemos|veamonos|vernos|encontrarnos|encontremonos|nos encontramos|te espero|te veo|quedamos|juntarnos|juntemonos|nos juntamos|reunirnos|encuentrame)(?: [a-z0-9:]+){0,4}? (?:en|afuera de|frente a|detras de|cerca de|junto a|a la salida de)(?:l| el| la| un| una| los)? (?:{lugar})",
    ),
    // Give me money.
    (
        Money,
        "money.give.es",
        r"(?:manda|mandame|envia|enviame|presta|prestame|dame|deposita|depositame|transfiere|transfiereme|transfereme|regalame|mandanos|prestanos|consigueme)(?: (?:me|nos|algo|un|poco|de|tu|el|la|unos|mas|ese|esos|los))* (?:dinero|plata|lana|efectivo|[$£€] ?\d+|\d+ ?(?:dolares|pesos|euros|usd))|me (?:prestas|mandas|depositas|das|regalas|(?:puedes|podrias|puede) (?:prestar|mandar|dar|depositar))(?: [a-z]+){0,3} (?:dinero|plata|lana|efectivo|[$£€] ?\d+|\d+ ?(?:dolares|pesos|euros))|pagame|me debes(?: el| mi| [$£€]?\d+)? ?(?:dinero|plata|dolares|pesos|euros)",
    ),
    // I give you money.
    (
        Money,
        "money.offer.es",
        r"te (?:(?:puedo|podemos|voy a|podria|quiero) )?(?:doy|mando|presto|pago|regalo|deposito|dar|mandar|prestar|pagar|regalar|depositar|ofrezco|ofrecer)(?: [a-z]+){0,3} (?:dinero|plata|efectivo|[$£€] ?\d+|\d+ ?(?:dolares|pesos|euros))",
    ),
    // A way for money to go: an account, a card, a payment service.
    (
        Money,
        "money.route.es",
        r"mi (?:numero de )?(?:cuenta|tarjeta)(?: (?:de banco|bancaria|de debito))? es|(?:mi|tu) numero de (?:tarjeta|cuenta)|mi (?:cuenta bancaria|clabe|iban)|(?:por|a|mi|tu|tienes|usa) (?:{pay})|(?:compra|comprame|mandame|manda|enviame|consigueme)(?: [a-z]+){0,2} tarjetas? de regalo",
    ),
    // To need money from the other, or now; help with the rent.
    (
        Money,
        "money.need.es",
        r"(?:necesito|me hace falta|me urge|ocupo)(?: [a-z]+){0,3} (?:dinero|plata|lana)(?: [a-z]+)? (?:hoy|ya|urgente|ahora|tuyo|de ti|para (?:hoy|manana))|(?:me|nos) (?:puedes|podrias|puede|ayudas)(?: ayudar)? con (?:la renta|el alquiler|las cuentas|dinero|los gastos)",
    ),
    // Money that comes easily or soon.
    (
        Recruitment,
        "recruit.easy.es",
        r"(?:dinero|plata|lana) (?:facil|rapid[oa])|(?:ganar|ganas|ganaras|ganarias|ganarian|ganen)(?: [a-z]+){0,2} (?:buen dinero|bien dinero|mucho dinero|dinero extra|[$£€] ?\d+[0-9,.]*|\d+[0-9,.]* ?(?:dolares|pesos|euros))|\d+ ?(?:dolares|pesos|euros) (?:por|al|a la|cada) (?:dia|noche|semana|hora)",
    ),
    // To get somebody work.
    (
        Recruitment,
        "recruit.offer.es",
        r"(?:te|le|les) (?:puedo|podemos|voy a|vamos a|consigo|conseguimos|ofrezco|ofrecemos|tengo|tenemos)(?: (?:conseguir|dar|ofrecer))?(?: [a-z]+){0,2} (?:trabajo|empleo|contrato|audicion|chamba)|(?:tengo|hay) (?:un )?(?:trabajo|empleo|chamba) para (?:ti|tu|ella|su|tus)|(?:oportunidad|oferta) de (?:trabajo|negocio|empleo) (?:para|en) (?:ti|tu|ella|el|otra|otro)|agencia de (?:model[a-z]+|edecanes|viajes para chicas)|trabajo de (?:modelo|edecan|masajista|acompanante|bailarina|ninera en)",
    ),
    // Somebody who hires, without asking for anything.
    (
        Recruitment,
        "recruit.hiring.es",
        r"(?:estamos|estoy|mi (?:amig[oa]|jefe|prim[oa]|ti[oa]) esta) (?:contratando|reclutando) (?:gente|personas)|(?:estamos|estoy|mi (?:amig[oa]|jefe|prim[oa]|ti[oa]) esta) (?:contratando|buscando|reclutando) (?:chic[oa]s|muchach[oa]s|jovenes|modelos|bailarin[oa]s|(?:gente|personas) (?:para|que) trabaj[a-z]+)|no (?:se )?(?:necesita|necesitas|requiere) experiencia|(?:todos los )?gastos (?:pagados|cubiertos)|mi (?:jefe|amig[oa]|ti[oa]|prim[oa]) paga bien|conozco a alguien que (?:contrata|paga|consigue|da trabajo|busca)",
    ),
    // To come along, to work for me, to join, free travel.
    (
        Recruitment,
        "recruit.come.es",
        r"(?:ven|vente|venga|vengan|viaja|trabaja) (?:a )?(?:trabajar |vivir |viajar )?(?:conmigo|con nosotros|para mi|con mi (?:jefe|amig[oa]|equipo|agencia))|unete a (?:mi|nuestr[oa]) (?:equipo|agencia|negocio|familia|iglesia|red)|(?:viaje|viajes|vuelo|hotel|pasaje) (?:gratis|pagados?)|(?:trae|manda) a tu (?:hij[oa]|amig[oa]) (?:a trabajar|al trabajo)",
    ),
    // Insults and set phrases of abuse.
    (
        Abuse,
        "abuse.es",
        r"eres (?:(?:un|una|tan|muy|bien|puro) )*(?:idiota|estupid[oa]|inutil|imbecil|mentiros[oa]|basura|patetic[oa]|tont[oa]|mala madre|mal padre|mala persona)|callate|te odio|vete al (?:diablo|infierno|carajo)|largate|nadie te (?:quiere|soporta)|me das asco",
    ),
    // To want to die, to kill oneself: "quiero morir", "me quiero matar".
    (
        Crisis,
        "crisis.die.es",
        r"(?:quiero|queria|quisiera|quiere|quieren|deseo|desea|necesito|prefiero|preferiria|ganas de|pensando en|pienso en|pense en|piensa en|intente|intento|intenta|intentar|intentado|trate de|voy a|va a|decidi) (?:morir(?:me|se)?|matar(?:me|se)|suicidar(?:me|se)|ahorcar(?:me|se)|quitar(?:me|se) la vida|(?:acabar|terminar) con (?:mi vida|su vida|todo(?: ?[.!?,;]|$| esto))|estar muert[oa]|dejar de (?:vivir|existir)|no (?:despertar|existir))|(?:me|se) (?:quiero|quiere|queria|quisiera|voy a|va a|he querido|intente|intento|trate de|quise|quiso) (?:matar|morir|suicidar|ahorcar|quitar la vida)|me quitare la vida|me voy a quitar la vida|me matare|me mato",
    ),
    // Not to want to live, or not to be able to go on: "no quiero vivir más", "ya no aguanto más".
    (
        Crisis,
        "crisis.live.es",
        r"no (?:quiero|quiere|queria|quisiera) (?:vivir(?: mas| asi| ya|[.!?,;]|$)|seguir (?:vivi[a-z]+|con vida)|estar (?:viv[oa]|en este mundo)|existir|despertar(?: mas|[.!?,;]|$))|no (?:aguanto|soporto|aguanta|resisto) (?:mas(?: ?[.!?,;]|$| esto| esta vida| vivir)|esto|esta vida)|no puedo mas|no (?:puedo|quiero) seguir (?:asi|adelante|viviendo|con esto)|no (?:hay|tengo|encuentro|veo|tiene) (?:ninguna |ningun )?(?:razon|razones|motivo|motivos|sentido|ganas) (?:para|de) (?:vivir|seguir)|sin ganas de vivir|vida (?:ya )?no (?:tiene sentido|vale (?:nada|la pena))|no vale la pena (?:vivir|seguir)|mejor sin mi|(?:mejor|ojala) (?:estar|estuviera|estuviese) muert[oa]|ojala (?:me muera|me muriera|no (?:despertara|despierte|hubiera nacido))|(?:adios|me despido) para siempre|ya no quiero (?:estar aqui|vivir)(?:[.!?,;]|$)",
    ),
    // To hurt oneself; pills that were taken.
    (
        Crisis,
        "crisis.harm.es",
        r"(?:lastimar|cortar|herir|quemar)(?:me|se) (?:a (?:mi|si) mism[oa]|los brazos|las venas|otra vez|de nuevo)|(?:quiero|quiere|voy a|va a|volvi a|volvio a) (?:lastimar|cortar|herir)(?:me|se)|(?:me|se) (?:estoy |esta )?(?:haciendo|hago|hace) dano|(?:me|se) (?:corto|corte|corta) (?:los brazos|las venas|otra vez|de nuevo)|autolesi[a-z]+|sobredosis|(?:tome|trague|tomo|tomado|tragado) (?:todas|muchas|demasiadas|un (?:monton|frasco) de)(?: [a-z]+){0,2} (?:pastillas|pildoras)",
    ),
    // Somebody dangerous is at the door or in the house.
    (
        Crisis,
        "crisis.here.es",
        r"(?:el|alguien|un hombre|ese hombre|mi ex|ellos) (?:ya )?(?:esta|estan) (?:afuera|aqui|adentro|en la puerta|en (?:mi|la) casa) (?:ahora|otra vez|de nuevo)|(?:golpeando|rompiendo|forzando|tratando de (?:entrar|romper|abrir))(?: [a-z]+){0,3} (?:puerta|ventana|casa)|(?:entraron|se metieron|se metio|estan entrando) (?:a|en) (?:mi|la|nuestra) casa",
    ),
    // To be in danger now, to call for help, somebody else's weapon.
    (
        Crisis,
        "crisis.danger.es",
        r"no (?:estoy|estamos|esta|me siento|nos sentimos) (?:a salvo|segur[oa]s?)(?: aqui| ahora|[.!,;]|$)|(?:estoy|estamos|esta) en peligro|(?:me|nos|la|lo) (?:esta|estan) (?:siguiendo|golpeando|pegando|vigilando|atacando|ahorcando|amenazando)|nos (?:encontro|encontraron)[.! ]|(?:ayudame|ayudenme|ayudanos|ayudennos)(?: por favor| ahora| ya)?(?: ?[.!]|$)|auxilio|socorro|(?:por favor|alguien|rapido) (?:llama|llame|llamen) (?:al|a la|a|una) (?:911|policia|emergencias|ambulancia)|(?:llama|llame|llamen) (?:al|a la|a|una) (?:911|policia|emergencias|ambulancia) (?:ya|ahora|por favor|rapido)|(?:tiene|trae|saco|lleva) (?:una?|la|su) (?:pistola|arma|cuchillo|navaja|machete)|no (?:respira|esta respirando)|esta inconsciente",
    ),
    // Somebody who will do, or is doing, violence.
    (
        Crisis,
        "crisis.attack.es",
        r"(?:me|nos|la|lo|los|las) (?:va|van|quiere|quieren)(?: a)? (?:matar|golpear|lastimar|hacer dano|secuestrar|disparar|llevar a la fuerza)|amenaz[oa] con (?:matar|hacer)[a-z]*|que me va a (?:matar|encontrar)",
    ),
    // Somebody is missing since today or last night.
    (
        Crisis,
        "crisis.missing.es",
        r"(?:mi (?:hij[oa]|nin[oa]|niet[oa]|sobrin[oa]|herman[oa])|ella|el) (?:esta desaparecid[oa]|desaparecio|se escapo|se fugo|no (?:volvio|regreso|llego|ha vuelto|ha regresado|ha llegado)(?: a (?:la )?casa)?)(?: [a-z]+){0,3}? (?:anoche|hoy|ayer|esta (?:noche|manana|tarde)|desde)|(?:no (?:encuentro|aparece|encontramos)(?: a)?) mi (?:hij[oa]|nin[oa]|niet[oa])",
    ),
];
