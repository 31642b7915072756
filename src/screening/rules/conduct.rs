//! English phrases of threats, secrets, money, recruitment and abuse.

use super::super::Category::{self, Abuse, Money, Recruitment, Solicitation, Threat};

/// Category, detector, pattern.
pub(super) const RULES: &[(Category, &str, &str)] = &[
    // What somebody will do to the other or to their family.
    (
        Threat,
        "threat.will",
        r"(?:ill|i will|im going to|i am going to|im gonna|i am gonna|well|we will|we are going to) (?:kill|hurt|harm|beat|destroy|shoot|stab|ruin|punish|come for|come after|come and get|break|burn) (?:you|ya|u|your (?:family|house|home|kids?|children|child|daughter|son|life))|(?:ill|i will|im going to|i am going to|im gonna|i am gonna|we will|we are going to) (?:find|get|hunt down|track down) (?:you|ya|u)(?: ?[.!,;]|$| and| one day| wherever| no matter)",
    ),
    // To take somebody's life, or to hurt them: whoever it is.
    (
        Threat,
        "threat.kill",
        r"(?:ill|i will|im going to|i am going to|im gonna|i am gonna|i gonna|ima|imma|we will|we are going to|we gonna|(?:^|[.!?,;] ?)were (?:going to|gonna)|i want to|i wanna) (?:kill|murder|shoot|stab|strangle|hurt|beat up|beat) (?:you|ya|u|her|him|them|everyone|everybody|someone|somebody|your [a-z]+|that (?:man|woman|girl|boy|kid|family))",
    ),
    // To tell the other to end their life.
    (
        Threat,
        "threat.urge",
        r"(?:^|[.!?,;] ?|go |just |should |better |please |can |and )(?:kill|hang|shoot|hurt) (?:yourself|urself)(?: ?[.!,]|$| now| already)|kys|(?:go|just|should) (?:and )?die(?: ?[.!,]|$)",
    ),
    // A weapon in the hands of who writes.
    (
        Threat,
        "threat.weapon",
        r"(?:i|we) (?:have|got|have got|own|bought|brought|carry|will bring) (?:a |my |the )?(?:gun|knife|weapon|pistol|rifle|shotgun|machete)|(?:ive|weve|im|i am) (?:got|bringing|carrying|holding|bought) (?:a |my |the )?(?:gun|knife|weapon|pistol|rifle|shotgun|machete)",
    ),
    // To know where somebody is.
    (
        Threat,
        "threat.where",
        r"(?:i|we) (?:know|found out|figured out|can see|saw) where (?:(?:you|she|he|they|your (?:family|kids|children|daughter|son)|the (?:girl|boy|kid|child|kids|children|family)) (?:is|are|lives?|sleeps?|stays?|goes|go|works?|hides?)|(?:youre|shes|hes|theyre) (?:staying|hiding|living|working|sleeping|at now))",
    ),
    // What will become of the other.
    (
        Threat,
        "threat.you",
        r"(?:youll|you will|youre going to|you are going to|youre gonna) (?:regret|pay for|be sorry|suffer|get hurt|get whats coming)",
    ),
    // Set phrases of threatening.
    (
        Threat,
        "threat.phrase",
        r"watch your back|or else(?: you| i| we)|keep your mouth shut|(?:youre|you are) (?:a )?dead(?: meat| man| woman)?|i know where (?:you|your (?:kids|family|children|daughter|son)) (?:live|lives|work|works|sleep|go|goes|are)|you(?:ll| will) never see (?:her|him|them|your (?:child|daughter|son|kids|family)) again|(?:nobody|no one) will find you|i can make you disappear",
    ),
    // What happens if the other tells somebody, or leaves.
    (
        Threat,
        "threat.silence",
        r"if you (?:tell|talk|report|call|go to|say|speak|dont|do not|leave|refuse)(?: [a-z]+){1,6} (?:ill|i will|well|we will|youll|you will|shell|hell|theyll|something bad)",
    ),
    // To publish pictures or messages.
    (
        Threat,
        "threat.expose",
        r"(?:ill|i will|im going to|we will) (?:post|share|send|show|publish|leak)(?: [a-z]+){0,3} (?:photos?|pictures?|pics|videos?|messages|everything)(?: [a-z]+){0,3} (?:to|with|online|unless|if)|tell everyone (?:what|about) you(?: [a-z]+)* unless",
    ),
    // To have somebody's children taken away.
    (Threat, "threat.report_you", r"(?:have|get) your (?:kids|children|child|daughter|son) taken(?: away)?"),
    // To keep something from others, or to delete what was said.
    (
        Solicitation,
        "solicit.secret",
        r"(?:dont|do not|never|you cant|you mustnt) tell (?:anyone|anybody|the (?:coordinator|programme|program|staff|police)|your (?:mentor|coordinator|family|wife|husband|mum|mom))|(?:keep (?:this|it)|this (?:is|stays)|our) (?:a |our |little )*secret|(?:just )?between (?:you and me|us two)|delete (?:this|these|our) (?:message|messages|chat|conversation)",
    ),
    // To send a picture.
    (
        Solicitation,
        "solicit.picture",
        r"(?:send|show|give)(?: me| us)?(?: a| an| some| more| your| her| his| the)* (?:pics?|pictures?|photos?|selfies?|videos?)(?: of (?:her|him|you|yourself|your (?:daughter|son|child|kids?)))?|(?:whats|what is) she wearing",
    ),
    // A place to meet at: "meet me at the mall".
    (
        Solicitation,
        "solicit.place",
        r"(?:lets|let us|can we|could we|shall we|we can|we could|we should|i(?:ll| will| can)|want to|why dont we|you can|come)(?: just| maybe| all| both| go)? (?:meet|meet up|meet you|meet me|see you|wait for you|pick you up|hang out)(?: [a-z0-9:]+){0,4}? (?:at|in|by|near|outside|behind|in front of|on) (?:the |a |that )?(?:[a-z]+ )?(?:{place})|see you (?:at|by|near|outside|behind) (?:the |a |my )(?:[a-z]+ )?(?:{place})|meet(?:ing)? at (?:the |a |that )?(?:[a-z]+ )?(?:{place})|meet me (?:at|in|by|near|outside|behind|in front of|on) (?:the |a |that )?(?:[a-z]+ )?(?:{place})",
    ),
    // To meet unseen, or at somebody's home.
    (
        Solicitation,
        "solicit.meet",
        r"meet (?:me |up )?(?:alone|in secret|secretly|privately|without (?:telling|anyone|your))|come (?:over )?to my (?:place|house|home|hotel|apartment|flat)|i(?:ll| will| can) (?:come to|visit) your (?:place|house|home|apartment|flat)|(?:bring|leave) (?:her|him|your (?:daughter|son|child|kids?)) (?:with|to) me",
    ),
    // Give me money.
    (
        Money,
        "money.give",
        r"(?:send|lend|loan|give|wire|transfer|pay|spare|advance) (?:me|us) (?:some |the |a little |any |that |your )*(?:money|cash|funds|[$£€] ?\d+|\d+ ?(?:dollars|pounds|euros|bucks|quid|usd)|a loan)",
    ),
    // I give you money.
    (
        Money,
        "money.offer",
        r"(?:i(?:ll| will| can| could| want to)|let me|we(?:ll| can| will)) (?:send|lend|loan|give|wire|transfer|pay) (?:you|u|her|him)(?: some| the| a little| any| back| with| extra)*(?: money| cash| funds| [$£€] ?\d+| \d+ ?(?:dollars|pounds|euros|bucks)| for (?:it|that|your))",
    ),
    // To lend, to help with bills, to owe.
    (
        Money,
        "money.borrow",
        r"(?:borrow|lend)(?: me)?(?: some| a few| a little)* (?:money|cash|[$£€] ?\d+|\d+ ?(?:dollars|pounds|euros|bucks))|(?:can|could|would|will) you (?:help (?:me|us) with|lend|loan|spare|cover)(?: me| us)?(?: some| the| my| our| a few| a little)* (?:money|cash|rent|bill|bills|[$£€] ?\d+|dollars|fees?)|you owe me|pay me",
    ),
    // A way for money to go: a payment service, an account, a gift card.
    (
        Money,
        "money.route",
        r"(?:venmo|zelle|paypal|cashapp|cash app) (?:me|us)|gift ?cards? (?:would|could|will|can) help|(?:my|your|use|have|got|need|send|through|via|by|on|to) (?:my |your |a |an |it |some |me |the )*(?:{pay})(?: (?:is|number|account|tag|me|name|code|card))?|my (?:bank )?account (?:number|details)|(?:buy|get)(?: me| us)?(?: a| an| some| me)* gift ?cards?|card number|pin (?:code|number) is",
    ),
    // To need money from the other, or now.
    (
        Money,
        "money.need",
        r"i need(?: some| a little| a bit of| your| more)* (?:money|cash) (?:from you|right now|today|urgently|by)",
    ),
    // To invest with a promise.
    (
        Money,
        "money.invest",
        r"(?:invest|investment)(?: [a-z]+){0,4} (?:double|triple|returns?|profit|guaranteed)|double your money",
    ),
    // Money that comes easily or soon.
    (
        Recruitment,
        "recruit.easy",
        r"(?:easy|fast|quick) (?:money|cash)|(?:make|earn)(?: some| a lot of| lots of| really)* (?:good|easy|fast|quick|big|serious|extra|great|real) (?:money|cash)|(?:make|earn) [$£€] ?\d+[0-9,]* (?:a|per|every) (?:day|night|week|hour)|\d+ (?:dollars|pounds|euros) (?:a|per) (?:night|day)",
    ),
    // To get somebody work.
    (
        Recruitment,
        "recruit.offer",
        r"(?:i|we) (?:can|could|will|have) (?:get|find|offer|give|got)?(?: you| her| him| them| your daughter| your son)? ?(?:a |an |some )*(?:good |great |well paid |paid )*(?:job|work|audition|modell?ing (?:job|work|contract)|contract) (?:for|in|at|abroad|overseas|with|out of)",
    ),
    // Kinds of work that recruiters name.
    (
        Recruitment,
        "recruit.job",
        r"(?:modell?ing|dancing|hosting|hostess|massage|escort|nanny|travelling|traveling)(?: [a-z]+)? (?:agency|job|jobs|work|opportunity|opportunities|gig|gigs|contract)|(?:job|work|business) (?:opportunity|offer|opening) for (?:you|her|him|your)",
    ),
    // Somebody who hires, without asking for anything.
    (
        Recruitment,
        "recruit.hiring",
        r"(?:we are|were|im|i am|my friend is|he is|hes) (?:hiring|recruiting|looking for) (?:young |new |pretty |some |more )*(?:girls?|boys?|women|men|people|models?|dancers?|talent|workers)|(?:my (?:friend|boss|cousin|uncle)|i know (?:someone|a guy|a man|people)) (?:who )?(?:is hiring|hires|pays well|can get (?:you|her|him)|pays cash)|no experience (?:needed|necessary|required)|(?:all )?expenses (?:paid|covered)",
    ),
    // To come along, to work for me, to join, free travel.
    (
        Recruitment,
        "recruit.come",
        r"(?:come|travel|move|fly|go) (?:and |to )?(?:work|live|stay|travel)? ?(?:for|with) (?:me|us|my (?:friend|team|boss|agency))|join (?:my|our) (?:team|church|business|agency|crew|family|movement|network)|bring (?:a friend|your friends|(?:her|your daughter) to work)|(?:free|paid) (?:trip|flight|flights|travel|hotel|housing) (?:and|for|to|if)",
    ),
    // You are, with an insult.
    (
        Abuse,
        "abuse.insult",
        r"(?:you are|youre|u r|ur|you)(?: (?:so|such|a|an|just|really|very|nothing but|a total|a complete|total|complete|the most|bloody|damn))* (?:{insult})",
    ),
    // Set phrases of abuse.
    (
        Abuse,
        "abuse.phrase",
        r"shut (?:the [a-z]+ )?up|go to hell|screw you|damn you|f[u*]ck (?:you|off|u)|f\*+ ?(?:you|off)|piss off|get lost|drop dead|i hate you|bastard|b[i*]tch|a[s*]{2}hole|piece of (?:sh[i*]t|crap|trash|garbage)|what is wrong with you|nobody (?:likes|cares about|wants) you|you people (?:are|make)|you make me sick|(?:youre|you are) (?:an? )?(?:awful|terrible|horrible) (?:person|mother|father|parent|mentor)",
    ),
];
