//! English cries for help.

use super::super::Category::{self, Crisis};

/// Category, detector, pattern.
pub(super) const RULES: &[(Category, &str, &str)] = &[
    // To want to die.
    (
        Crisis,
        "crisis.die",
        r"(?:want|wants|wanted|wanna|wish|ready|going|planning|plan|trying|tried|try|rather|hope|hoping|need|prefer|deserve|deserves|thinking about|thought about|think about) (?:to |of )?(?:just )?(?:die|dying|be dead|end (?:it|everything|things|my life|her life|his life)|not (?:exist|be here|wake up))|wish (?:i|she|he) (?:was|were|am) (?:dead|not here|never born|gone)|better off (?:dead|without me|if i (?:was|were|am) (?:dead|gone))",
    ),
    // To kill oneself; pills that were taken.
    (
        Crisis,
        "crisis.kill",
        r"(?:kill|killing|killed|hang|hanging|shoot|shooting|drown|poison) (?:{self})|(?:end|ending|take|taking|took) (?:my|her|his|their)(?: own)? (?:own )?life|end it all|ending it all|unaliv[a-z]*|(?:gonna|going to|will|ill|wanna|might|should) end (?:it|everything|things)(?: all)?(?: (?:tonight|today|now|soon|right now|this week))|(?:just|fr|tbh|lol) kms|kms (?:tonight|now|fr|lol)|(?:wanna|want to|gonna|going to|ima|imma|should|might|will|ill|i) kms|suicid[a-z]*|overdos[a-z]*|(?:took|take|taking|swallowed)(?: [a-z]+){0,2} (?:pills|tablets)",
    ),
    // Not to want to live, or not to be able to go on.
    (
        Crisis,
        "crisis.live",
        r"(?:dont|do not|doesnt|does not|didnt|cant|cannot|no longer) (?:really )?want(?:s|ed)? to (?:live|be alive|be here(?: any ?more)?|wake up|go on|exist|carry on)|(?:no|any) (?:reason|point) (?:to|in) (?:live|living|going on|go on|carrying on)|nothing (?:left )?to live for|(?:cant|cannot|can not) (?:go on|carry on|live like this|do this any ?more|take (?:it|this) any ?more|keep going)|goodbye forever|this is goodbye",
    ),
    // To hurt oneself.
    (
        Crisis,
        "crisis.harm",
        r"(?:hurt|hurting|hurts|harm|harming|harms|cut|cutting|cuts|burn|burning|burns|starve|starving) (?:{self})|self ?-?harm[a-z]*",
    ),
    // Somebody dangerous is at the door or in the house.
    (
        Crisis,
        "crisis.here",
        r"(?:hes|shes|theyre|(?:{one}) (?:is|are)) (?:here|outside|inside|downstairs|upstairs|coming)(?: right)? (?:now|again)|(?:hes|theyre|(?:{one}) (?:is|are)) (?:at|outside|breaking|banging|standing|waiting|in|inside|on|trying to)(?: [a-z]+){0,3} (?:door|house|home|window|porch|apartment|flat|yard|garden|car|get in|come in|break in)|break(?:ing)? in(?:to)?(?: (?:our|my|the) (?:house|home|flat|apartment))? (?:now|right now)",
    ),
    // To be in danger now, to call for help.
    (
        Crisis,
        "crisis.danger",
        r"(?:im|i am|were|we are|shes|she is|hes|he is) (?:not safe|in (?:danger|real danger|immediate danger)|being (?:followed|watched|held|attacked|beaten)|bleeding|unconscious|not breathing)|immediate danger|life is in danger|(?:has|have|got|with|holding|pulled) (?:a |the |his )(?:gun|knife|weapon)|(?:hes|he|they|theyre|she|someone) (?:has |have |is |are )?(?:found (?:us|me|her|where we live)|following (?:me|us|her|him) (?:now|right now|home))|(?:please|somebody|someone) help (?:me|us)(?: please| now| right now)?(?: ?[.!?]|$)|help (?:me|us)(?: please| now| right now|!)|send (?:help|the police)|need help (?:right now|now|immediately|urgently)|(?:please |someone )call (?:911|999|112|the police|an ambulance)|call (?:911|999|112|the police|an ambulance) (?:now|right now|please|for (?:me|us|her|him))",
    ),
    // Somebody who will do, or is doing, violence.
    (
        Crisis,
        "crisis.attack",
        r"(?:hell|he will|hes going to|he is going to|theyll|they will|theyre going to|they are going to|shell|she will|gonna|going to|threatening to|says he will|said he will|said hell) (?:kill|hurt|shoot|stab|beat|find|take) (?:me|us|her|him|them|my (?:kids|children|daughter|son|family))|(?:hitting|beating|choking|strangling|hurting|attacking) (?:me|us|her|him) (?:now|right now|again)",
    ),
    // Somebody is missing since today or last night.
    (
        Crisis,
        "crisis.missing",
        r"(?:shes|she|she is|hes|he|he is|my (?:{child}) is|my (?:{child})|(?:{child})) (?:has |just |went )?(?:gone(?: missing)?|missing|ran away|ran off|run away|disappeared|vanished|not home) (?:again |now |just )?(?:right now|now|tonight|today|last night|this (?:morning|afternoon|evening)|(?:an|two|three|four|\d+) hours? ago|since (?:last night|this morning|yesterday))|(?:didnt|did not|hasnt|has not|never) (?:come|came) (?:home|back)(?: home)? (?:last night|tonight|today|yet|from school)|(?:cant|cannot) find my (?:{child})",
    ),
];
