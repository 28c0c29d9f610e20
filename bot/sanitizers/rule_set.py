"""The rules of the offline sanitizer: phrases and pairs of words, never single everyday words.

They stand in where no text model is configured. They are meant to stop what is plainly asked for and to leave
harmless requests alone; they do not understand a sentence. RE2 keeps the time linear whatever is typed.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import re2

from bot.domain.verdict import Category, Decision, Risk

_PEOPLE: Final = (
    r"(?:man|men|woman|women|person|people|guy|lady|ladies|model|models|actress|actor|couple|bod(?:y|ies)|wife|husband|girlfriend|"
    r"boyfriend|nurse|teacher|celebrity|celebrities|singer|dancer|dancers|mother|father|sister|brother|neighbou?r)"
)
_MINOR: Final = (
    r"(?:child|children|kids?|toddlers?|bab(?:y|ies)|infants?|minors?|underage|under-age|preteens?|pre-teens?|teens?|teenage|"
    r"teenagers?|schoolgirls?|schoolboys?|(?:little|young|small) (?:girl|boy)s?|lolis?|shotas?|pupils?|"
    r"(?:[1-9]|1[0-7])[- ]?(?:years?[- ]old|yo))"
)
_SEXUAL: Final = (
    r"(?:nude|nudes|nudity|naked|topless|undress(?:ed|ing)?|sexy|sexual(?:ly|i[sz]ed)?|erotic(?:a|ally)?|seductive(?:ly)?|"
    r"porn\w*|nsfw|lingerie|hentai|fetish|explicit pose|provocative)"
)
_GUIDE: Final = (
    r"(?:how to|step[- ]by[- ]step|steps|instructions?|instructional|"
    r"tutorial|guide|manual|blueprints?|recipe|diagram|infographic|flow ?chart|teach(?:es|ing)?|demonstrat\w+|explain\w*|"
    r"schematics?|technique|techniques|method|methods|plans?|planning|detailing)"
)
_WEAPON: Final = (
    r"(?:(?:pipe |nail |car |dirty |fertili[sz]er |home ?made )?bombs?|explosives?|explosive devices?|molotovs?|grenades?|"
    r"ghost guns?|untraceable guns?|silencers?|nerve gas|sarin|ricin|anthrax|chemical weapons?|nuclear weapons?|bioweapons?)"
)
_DRUGS: Final = (
    r"(?:meth|methamphetamine|crystal meth|cocaine|crack cocaine|heroin|fentanyl|ecstasy|mdma|lsd)"
)
_CRIME: Final = (
    r"(?:counterfeit\w*|forg(?:e|ing|ery)|fake (?:ids?|id cards?|passports?|money|bills?|banknotes?|prescriptions?|twenty\S*)|"
    r"card skimmers?|hack(?:ing)? (?:into )?(?:an? |the |someone['’]?s? |your |my |his |her |their |people['’]?s )*(?:[\w-]+ ){0,2}(?:accounts?|e-?mails?|phones?|"
    r"computers?|laptops?|networks?|wi-?fi|servers?|systems?|databases?|banks?|websites?|cameras?|webcams?|passwords?|atms?|instagram|facebook|cars?|grid)|"
    r"phish(?:ing)?|ransomware|malware|spyware|money launder\w*|launder(?:ing)? (?:[\w-]+ )?(?:money|cash|funds|proceeds|profits)|shoplift(?:ing)?|"
    r"bank robber(?:y|ies)|rob(?:bing)? (?:a|the)|burgl\w+|break(?:ing)? into (?:an? |the |someone['’]?s? |your |my |his |her |their |people['’]?s )*(?:[\w-]+ ){0,2}(?:houses?|homes?|cars?|"
    r"apartments?|flats?|banks?|vaults?|safes?|buildings?|stores?|shops?|phones?|accounts?|systems?|schools?|offices?|museums?|computers?|property|mansions?|garages?)|"
    r"arson|hot ?wir(?:e|ing)|smuggl\w+|steal(?:ing)?|"
    r"poison(?:ing)? (?:a|an|some|your|his|her|my)|sabotag\w+|shell corporations|kidnap\w*|tax evasion|identity theft|insider trading|blackmail\w*|extort\w*)"
)
_GROUPS: Final = (
    r"(?:jews|jewish people|muslims|christians|hindus|buddhists|atheists|black people|blacks|white people|asians|asian people|"
    r"africans|arabs|mexicans|latinos|immigrants|refugees|migrants|gays|gay people|lesbians|trans(?:gender)? people|"
    r"women|disabled people|roma|indigenous people|foreigners)"
)
_PRIVATE: Final = (
    r"(?:(?:home|private|personal|residential|secret|leaked|internal|confidential) (?:e-?mail\w*|address\w*|phone|phone number|"
    r"documents?|records?|messages?|correspondence|financial\w*|data|files?|photos?|details|information|life)|phone numbers?|"
    r"social security numbers?|credit card (?:numbers?|details|statements?)|bank (?:statements?|account\w*|details)|passwords?|"
    r"login (?:credentials|details|and)|credentials|medical (?:records?|history|chart|file)s?|health records?|"
    r"passport (?:number|details)|access codes?|security codes?|pin codes?|therapy notes|tax returns?|private key)"
)
_POSSESSOR: Final = (
    r"(?:\w+['’]s?|of (?:a |an |the |my |our )?\w+|for (?:a |an |the |my |our )?\w+|belonging to)"
)


_NOT_MEANT: Final = (
    r"\b(?:surge(?:on|ons|ry)|operating (?:room|theatre|theater|table)|medics?|field hospital|hospital|first aid|paramedics?|forensic\w*|autopsy|doctors?|nurses?|"
    r"pumpkins?|tomato\w*|ketchup|watermelons?|fruits?|vegetables?|piñata|pinata|jam|paint|ink|ideas|emoji|memes?|pop art|"
    r"medusa|gorgon|perseus|holofernes|judith|goliath|salome|john the baptist|saint \w+|st\.? sebastian|martyr\w*|crucifixion|prometheus|orpheus|achilles|samson|"
    r"statues?|marble|baroque|renaissance|frescos?|frescoes|altarpiece|caravaggio|goya|rubens|gentileschi|tarot|museum|histor\w+|aztec|roman|viking|gladiators?|"
    r"tragedy|shakespeare|macbeth|ballad|album cover|song|karaoke|mannequins?|dolls?)\b"
)
"""Medicine, kitchens, myths and old masters: such a scene is toned down, not refused."""
_NOT_GRAPHIC: Final = "Nothing graphic: no blood, no wounds"
_NO_REAL_DATA: Final = "All names, numbers and addresses in the picture are invented"


def _gap(words: int) -> str:
    """Up to so many words between two words."""
    return rf"(?:\W+[\w'’-]+){{0,{words}}}?\W+"


class Fiction(StrEnum):
    """What a fictional frame ("a video game in which ...") changes: nothing, the scene is toned down, or it is fine."""

    NOTHING = "nothing"
    TONED_DOWN = "toned_down"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        pattern: Searched in the folded text without idioms.
        unless: Words anywhere in the text that make the match harmless.
        frame: Words that make a fictional or harmless frame for this rule alone.
        constraint: What is added to the prompt when the request is rewritten.
    """

    name: str
    category: Category
    pattern: Any = None
    decision: Decision = Decision.REJECT
    risk: Risk = Risk.HIGH
    fiction: Fiction = Fiction.NOTHING
    unless: Any = None
    constraint: str = ""
    frame: Any = None

    def decision_for(self, text: str, *, fictional: bool) -> Decision:
        """What a match in a text means; `fictional`: the text has a frame that counts for all rules."""
        if self.fiction is Fiction.NOTHING or not (fictional or (self.frame and self.frame.search(text))):
            return self.decision
        return Decision.ALLOW if self.fiction is Fiction.FINE else Decision.REWRITE

    def matches(self, text: str) -> bool:
        return bool(self.pattern.search(text)) and not (self.unless and self.unless.search(text))


def _either_order(one: str, other: str, words: int) -> str:
    return rf"\b{one}\b{_gap(words)}{other}\b|\b{other}\b{_gap(words)}{one}\b"


def _rule(
    name: str,
    category: Category,
    pattern: str,
    *,
    risk: Risk = Risk.HIGH,
    fiction: Fiction = Fiction.NOTHING,
    unless: str = "",
    decision: Decision = Decision.REJECT,
    constraint: str = "",
    frame: str = "",
) -> Rule:
    return Rule(
        name,
        category,
        re2.compile(pattern),
        decision,
        risk,
        fiction,
        re2.compile(unless) if unless else None,
        constraint,
        re2.compile(frame) if frame else None,
    )


_ART: Final = r"\b(?:sculptures?|statues?|marble|renaissance|figure (?:study|drawing)|museum|anatom\w+|art history|mannequins?|baroque)\b"
_CARE: Final = r"\b(?:prevention|awareness|help ?line|hot ?line|therap\w+|recovery|overcom\w+|counsell?ing)\b"
_HELP: Final = (
    _CARE
    + r"|\b(?:prevent\w*|support\w*|recover\w*|hope\w*|counsel\w*|coping|heal\w*|help\w*|manag\w+|resist\w*|regulat\w+|psycholog\w+|strategies|defeat|turning away|choos\w+ life|recogni[sz]\w*|signs of|brochure|leaflet|charit\w+|campaign\w*|educat\w*|interven\w*|seek\w* help|talk\w* (?:about|to)|listen\w*|alternatives?|stop(?:ping|s)?|warning)\b"
)
_PAST: Final = r"\b(?:museum|memorial|histor\w+|documentary)\b"
_HISTORY: Final = (
    _PAST
    + r"|\b(?:anti-?nazi|hindu|buddhist|jain|temple|(?:protest|march|fight|rally|stand|struggle)\w* against)\b"
)

_WITHOUT: Final = r"(?:no|without|minus|not wearing|wearing no|tak(?:e|es|ing) off|remov(?:e|es|ing))(?: (?:any|all|of|her|his|their|the))*"
_CLOTHES: Final = r"(?:clothes|clothing|garments?|underwear|underpants|bra|bras|panties|lingerie|attire)"
_COVER: Final = (
    rf"(?:{_CLOTHES}|shirts?|t-shirts?|pants|trousers|skirts?|shorts|swimsuits?|swimwear|bikinis?)"
)
_WARDROBE: Final = r"\b(?:wardrobes?|closets?|suitcases?|laundry|washing|hangers?|donat\w*|charit\w*|store|shop|brand|logo|pattern|x-?ray|anatomy)\b"

RULES: Final[tuple[Rule, ...]] = (
    _rule("minor_uncovered", Category.MINORS, _either_order(rf"(?:{_MINOR}|girls?|boys?)", rf"{_WITHOUT} {_COVER}", 6), unless=_WARDROBE),
    _rule("uncovered", Category.SEXUAL, _either_order(_PEOPLE, rf"{_WITHOUT} {_CLOTHES}", 6), unless=_ART + "|" + _WARDROBE),
    _rule("minor_sexualised", Category.MINORS, _either_order(_MINOR, _SEXUAL, 12) + "|" + _either_order("(?:girl|boy)s?", "(?:nude|naked|topless|undressed|porn)", 4)),
    _rule("minor_abuse", Category.MINORS, r"\bchild (?:porn\w*|abuse (?:video|image|photo)s?|sex\w*)\b|\b(?:lolicon|shotacon|csam)\b"),
    _rule("instructions_to_the_model", Category.INJECTION,
          rf"\b(?:ignore|disregard|forget|override|bypass|skip)\b{_gap(2)}(?:all|any|every|your|previous|prior|preceding|above|earlier|these|those|my|safety|content|system|the (?:above|previous|prior|system|safety))\b"
          r"(?:\W+\w+){0,4}?\W+(?:instructions?|rules?|prompts?|guidelines|polic(?:y|ies)|filters?|restrictions|safety|training|messages?)\b"
          r"|\b(?:ignore|disregard|forget|override|bypass) (?:all|any|every|your|previous|prior|preceding|above|earlier|these|those|safety|content|system)\b(?:\W+\w+){0,4}?\W+(?:instructions?|rules?|prompts?|guidelines|polic(?:y|ies)|filters?|restrictions)\b"
          r"|\b(?:bypass|override|disable|disregard)\b(?:\W+\w+){0,3}?\W+(?:filters?|restrictions|guidelines|polic(?:y|ies)|instructions?)\b|\bignore (?:the |your )?(?:instructions?|guidelines|polic(?:y|ies)|filters?)\b"
          r"|\b(?:reveal|print|show|repeat|output|leak|tell)\b(?:\W+\w+){0,3}?\W+(?:system prompt|your (?:system |hidden |secret |initial )*(?:prompt|instructions)|your (?:system|hidden|secret|initial|own) rules|the canary)\b"
          r"|\byou are (?:now|no longer) (?:a|an|in|bound|dan)\b|\b(?:enter|enable|activate|switch to|in|into) developer mode\b|\b(?:jailbreak|dan) mode\b"
          r"|\bset\b(?:\W+\w+){0,3}?\W+decision\b\W+(?:to|as|allow)\b|\bdecision\W{0,4}allow\b"),
    _rule("pornography", Category.SEXUAL,
          r"\b(?:porn\w*|hentai|nsfw|xxx(?:-rated)?|blow ?jobs?|hand ?jobs?|masturbat\w+|orgasm\w*|gang ?bang\w*|bukkake|cum ?shots?|"
          r"creampie|deep ?throat\w*|milf|camgirl|sex (?:scene|act|tape|position|orgy|doll)s?|having sex|group sex|oral sex|anal sex)\b",
          unless=r"\b(?:food porn|earth ?porn|addiction|education)\b"),
    _rule("nudity", Category.SEXUAL,
          _either_order(r"(?:nude|naked|topless|fully undressed|unclothed|bare[- ]breasted)", _PEOPLE, 4)
          + r"|\b(?:her|his|their) (?:nude|naked|bare (?:breasts?|chest and)) |\b(?:nudes|nude (?:photo|pic|picture|selfie|photograph|portrait|scene)s?)\b"
          r"|\b(?:exposed|bare) (?:genitals?|breasts|nipples|penis|vagina|buttocks)\b|\b(?:penis|vagina|genitals|labia|scrotum)\b",
          unless=_ART + r"|\b(?:diagram|medical|textbook|education|consent)\b"),
    _rule("sexual_pose", Category.SEXUAL,
          _either_order(r"(?:erotic(?:a|ally)?|sexually (?:explicit|suggestive)|lewd|bdsm|bondage|strip(?:ping|tease)|fetish)", _PEOPLE, 6)),
    _rule("real_person_degraded", Category.REAL_PERSON,
          r"\b(?:president|prime minister|chancellor|senator|pope|celebrity|politician|famous (?:actor|actress|singer))\b"
          + _gap(6) + r"(?:naked|nude|arrested|in handcuffs|handcuffed|drunk|behind bars|kissing|assassinated|beaten|vomiting|in a coffin|taking a bribe)\b",
          fiction=Fiction.FINE, unless=r"\bkissing (?:an? |the |his |her |their )*(?:bab(?:y|ies)|hands?|rings?|wife|husband|flag|trophy|child|dog|cheeks?|ground|feet of)\b|\bdrunk on\b"
          r"|\b(?:caricatures?|look-?alikes?|invented|fictional|generic|impersonator|kittens?|puppies)\b"),
    _rule("likeness_taken", Category.DECEPTION,
          r"\bdeep ?fakes?\b|\bclon(?:e|ing)\b(?:\W+\w+){0,3}?\W+(?:likeness|voice|identity)\b", fiction=Fiction.FINE, unless=r"\b(?:detect\w*|danger\w*|awareness|warn\w*)\b"),
    _rule("forged_document", Category.DECEPTION,
          r"\b(?:fake|forged?|counterfeit|falsified|fabricat(?:e|ed|ing))\b(?:\W+\w+){0,3}?\W+(?:passports?|id cards?|driver['’]?s licen[cs]es?|diplomas?|"
          r"banknotes?|dollar bills?|currency|prescriptions?|birth certificates?|visas?|tax forms?|court orders?|press release|news (?:report|article|broadcast)s?|"
          r"screenshots?|certificates?|invoices?|receipts?|evidence|health records|medical records)\b", fiction=Fiction.FINE,
          unless=r"\b(?:part(?:y|ies)|birthday|invitation|april fools|museum|escape room|scavenger hunt|prop|spot(?:ting)?|detect\w*|recogni[sz]\w+|awareness|aware of|destroy\w*|seiz\w*|customs|prevent\w*|warn\w*|identify\w*|avoid\w*)\b"),
    _rule("misinformation", Category.DECEPTION, r"\b(?:spread(?:ing)?|use) (?:misinformation|disinformation)\b|\b(?:misinformation|disinformation|smear|defamatory) (?:campaigns?|posters?|ads?|in an ad)\b",
          fiction=Fiction.FINE, unless=_HISTORY + r"|\b(?:awareness|danger\w*|spot(?:ting)?|detect\w*|fact[- ]check\w*|media literacy|educational|classroom|warn\w*|combat\w*|fight\w*|stop(?:ping)?|recogni[sz]\w*|harm\w*|consequences|how (?:\w+ ){0,3}(?:spreads?|works?))\b"),
    _rule("gore", Category.GORE,
          r"\b(?:gore|gory|disembowel\w*|eviscerat\w*|decapitat\w+|behead\w+|dismember\w*|mutilat\w*|entrails|viscera|flayed)\b"
          r"|\bsevered (?:heads?|limbs?|arms?|legs?|hands?|fingers?|torsos?)\b|\b(?:blood|brains?|guts|intestines) (?:splatter\w*|gush\w*|spray\w*|spill\w*|spurt\w*)\b"
          r"|\b(?:flesh|skin|limbs?)\b(?:\W+\w+){0,2}?\W+(?:torn|ripped|melting|peeled|shredded)\b|\bhead\b(?:\W+\w+){0,2}?\W+(?:explod\w+|crushed|chopped off|cut off)\b"
          r"|\b(?:pools?|puddles?) of blood\b|\bblood-?(?:soaked|drenched|stained|splattered)\b|\b(?:covered|drenched|soaked) in blood\b",
          fiction=Fiction.TONED_DOWN, constraint=_NOT_GRAPHIC, frame=_NOT_MEANT),
    _rule("attack_on_people", Category.VIOLENCE,
          r"\b(?:strangl|stabb|throttl|lynch|tortur|massacr|murder|assassinat|execut|slaughter|impal|electrocut|bludgeon|suffocat)(?:ed|ing|es?|s|e)\b"
           rf"(?:\W+[\w'’-]+){{0,4}}?\W+(?:{_PEOPLE[3:-1]}|him|her|them|civilians?|prisoners?|hostages?|victims?|soldiers?|children|crowds?|someone|somebody|himself|chest|throat|neck|alley)\b"
           rf"|\b(?:{_PEOPLE[3:-1]}|civilians?|prisoners?|hostages?|victims?|soldiers?|warrior|character|individual)\b(?:\W+[\w'’-]+){{0,2}}?\W+(?:is|are|was|were|being|getting|gets|violently|brutally|burn(?:ed|t))\b"
          r"(?:\W+\w+){0,2}?\W+(?:strangled|stabbed|shot|lynched|tortured|massacred|murdered|assassinated|executed|slaughtered|impaled|electrocuted|beaten to death|crushed to death|burned alive|vaporized|hanged|mauled|trampled|drowned|eaten alive|devoured alive)\b|\bin agony\b|\b(?:brutally|violently|savagely) (?:\w+ )?(?:attack|beat|kill|struck|strangl|burn|stab|murder)\w*"
          r"|\b(?:mass|school) shootings?\b|\b(?:shoot(?:s|ing)?|kill(?:s|ing)?|behead(?:s|ing)?) (?:a |an |the |some |many |innocent )*(?:man|woman|person|people|child|children|crowd|civilians|hostages|him|her|them|everyone|someone)\b"
          r"|\bslit(?:ting)?\b(?:\W+\w+){0,2}?\W+throats?\b|\bterror(?:ist)? attacks?\b|\bsuicide bomb\w+\b",
          fiction=Fiction.TONED_DOWN, constraint=_NOT_GRAPHIC, frame=_NOT_MEANT,
          unless=r"^(?:why|when|what|who|where|which)\b|\b(?:photograph\w*|cameras?|camera ?m[ae]n|selfies?|drone|footage|paparazzi|mosquito\w*|midges|bugs)\b"
          r"|\bexecut(?:e|es|ed|ing) (?:an? |the |his |her |their )*(?:[\w'’-]+ ){0,2}(?:jumps?|dives?|moves?|plans?|routines?|danc\w*|kicks?|flips?|tricks?|turns?|pass\w*|commands?|strateg\w+|landings?|spins?|stunts?|orders?)\b|" + _PAST),
    _rule("genocidal_symbol", Category.HATE,
          r"\bswastikas?\b|\b(?:nazi|hitler) salutes?\b|\b(?:ku klux klan|kkk)\b|\bwhite (?:power|supremac\w+)\b|\bss[- ]runes\b|\bmaster race\b",
          unless=_HISTORY + r"|\bwhite power (?:outlets?|cables?|cords?|suppl(?:y|ies)|strips?|plugs?|banks?|adapters?|buttons?|switch\w*|tools?|drills?)\b|\bawareness\b|\banti-?racis\w+"),
    _rule("hatred_of_a_group", Category.HATE,
          rf"\b(?:kill|exterminate|gas|deport|eliminate|eradicate|burn|hang|hate|enslave)(?:ing)? (?:all |the |every |all the )*{_GROUPS}\b"
          rf"|\b{_GROUPS}\b (?:are|as|being|depicted as|shown as|portrayed as)(?: \w+){{0,2}} (?:vermin|rats|cockroaches|subhuman|sub-human|inferior|parasites|animals|monkeys|criminals|terrorists|stupid|lazy|dirty|savages|thieves)\b"
          r"|\b(?:inferior|subhuman|impure) race\b|\bgenetically inferior\b",
          unless=_HISTORY),
    _rule("harassment", Category.HARASSMENT,
          r"\b(?:humiliat\w*|bully\w*|mock(?:s|ing)?|body[- ]?sham\w*|ridicul\w+|making fun of|make fun of|harass\w*|stalk(?:s|ing)?|dox+(?:ing)?)\b"
          r"(?:\W+[\w'’-]+){0,4}?\W+(?:my|his|her|our|their|a|an|the)? ?(?:classmates?|co-?workers?|colleagues?|boss|ex|ex-\w+|neighbou?rs?|teachers?|roommates?|employees?|overweight|disabled|fat|homeless|woman|girl)\b"
          r"|\brevenge on (?:my|an?) (?:ex|boss|neighbou?r|teacher)\b", unless=r"\b(?:anti-?bullying|awareness|stop(?:s|ping)?|against|prevent\w*|stand(?:s|ing)? up|interven\w*|apolog\w*|kindness|defeats?|respect\w*|overcom\w*|support\w*|report\w*)\b", fiction=Fiction.FINE),
    _rule("suicide", Category.SELF_HARM,
          r"\b(?:commit(?:s|ting|ted)?|attempt(?:s|ing|ed)?|contemplat\w+) suicide\b|\bsuicide (?:attempt|method|note|scene|plan|pact)s?\b|\bkill(?:ing|s)? (?:myself|himself|herself|themsel(?:f|ves)|yourself)\b"
          r"|\bhang(?:ing|s|ed)? (?:myself|himself|herself|themsel(?:f|ves)|yourself)\b|\bnooses?\b|\b(?:end|ending|take|taking|takes|ends) (?:my|his|her|their|your|one's) (?:own )?(?:life|lives)\b|\bend it all\b"
          r"|\b(?:about|preparing|ready|going|trying|wanting) to jump\b(?:\W+\w+){0,3}?\W+(?:bridge|building|roof|rooftop|ledge|cliff|abyss|train|balcony)\b",
          unless=_CARE + r"|\blife savings\b|\bsuicide squad\b|\bsuicide prevention\b|\bhelp ?line\b|\bawareness\b|\bmanag\w+|\bseeking help\b|\bact(?:s|ing|or|ors)? out\b|\b(?:parachut\w*|base jump\w*|div(?:er|ers|ing)|bungee|parkour|stunt\w*|ski(?:er|ing)?|skydiv\w*|swim\w*|lasso\w*|wingsuit|paraglid\w*|trampoline|into the (?:sea|water|pool|lake|river|ocean))\b|\bnoose-like\b"),
    _rule("self_injury", Category.SELF_HARM,
          r"\b(?:cut(?:s|ting)?|slit(?:s|ting)?|slash(?:es|ing)?|burn(?:s|ing)?|carv(?:es|ing)) (?:open )?(?:my|his|her|their|your|into (?:my|his|her|their)) ?(?:own )?(?:wrists?|arms?|forearms?|thighs?|veins?|skin|flesh|body)\b"
          r"|\b(?:razor|razor ?blade|blade|knife)\b(?:\W+\w+){0,2}?\W+(?:my|his|her|their) (?:own )?(?:wrists?|throat|arm|skin)\b|\b(?:lit )?cigarette against (?:\w+ )?skin\b"
          r"|\b(?:bleeding|slit|cut|slashed|scarred) wrists?\b|\b(?:overdos(?:e|ing|ed)) (?:on|of|by)\b"
          r"|\b(?:handful|fistful|overdose) of (?:\w+ )?pills\b|\b(?:pro-?ana|thinspo|thinspiration)\b|\bstarv(?:e|ing) (?:myself|himself|herself|themselves)\b",
          unless=_CARE + r"|\b(?:pharmac\w+|vitamins?|memes?|nurses?|doctors?|barber\w*|shav(?:e|ing|er|es)|corsage|tattoo\w*|stitch\w*|surge(?:on|ry)|first aid|emergency services|ambulance|"
          r"interven(?:es|e|ing)|seek(?:s|ing)? help|coping (?:skills|mechanisms|strategies)|naloxone|paramedics?|hair|sleeves?|skin ?care|sunscreen|henna)\b"),
    _rule("self_harm_named", Category.SELF_HARM, r"\bself[- ]?(?:harm(?:ing)?|injur\w+|mutilat\w+|inflicted)\b", unless=_HELP),
    _rule("weapon_making", Category.ILLICIT,
          rf"\b{_GUIDE}\b{_gap(10)}{_WEAPON}\b|\b{_WEAPON}[- ](?:making|building|assembly|instructions?|tutorial|recipe)\b|\b(?:build|make|assemble|construct|creat|mak|assembl|construct|build)(?:e|ing|s|es)?\b(?:\W+\w+){{0,3}}?\W+{_WEAPON}\b",
          fiction=Fiction.FINE, unless=r"\b(?:defus\w*|disarm\w*|disposal|snow|water|museum|safety|bartend\w*|mixolog\w*|drinks?|cocktail bar|dessert|baking soda|confetti|supernova|treaty|disarmament|toys?|bath|paper|cardboard|party poppers?|pub)\b"),
    _rule("drug_making", Category.ILLICIT,
          rf"\b{_GUIDE}\b{_gap(10)}{_DRUGS}\b|\b(?:cook|mak|produc|synthesi[sz]|smuggl|sell|deal|snort|inject|smok)(?:e|es|ing|s)?\b(?:\W+\w+){{0,3}}?\W+{_DRUGS}\b|\b{_DRUGS} lab(?:oratory)?\b",
          fiction=Fiction.FINE, unless=r"\b(?:addiction|rehab\w*|prevent\w*|police|danger\w*|recovery|awareness|clinic\w*|counsel\w*|test(?:ing)? strips?|overdose response|treatment|histor\w*|museum|consequences|harm reduction)\b"),
    _rule("crime_guide", Category.ILLICIT, rf"\b{_GUIDE}\b{_gap(14)}{_CRIME}\b|\bhow (?:do|can|could|would) (?:i|you|we|one)\b{_gap(2)}{_CRIME}\b", fiction=Fiction.FINE,
          unless=r"\b(?:prevent\w*|avoid(?:ing)? (?:scams?|phishing|identity)|detect\w*|protect\w*|awareness|spot(?:ting)?|stop|recogni[sz]e|secur\w+|anti-?\w+|steal(?:ing)? (?:[\w'’]+ ){1,2}(?:heart|show|scene|spotlight|base|thunder|kiss|glance|march|cookie|snack|nap|moment|march|bases|hat|ball|puck|look)s?|how (?:\w+ ){1,3}works?|pizza|snacks?|toppings?|cookies?|candy|kittens?|pupp(?:y|ies)|employees|staff training|cyber ?security|anti-?virus|"
          r"steal(?:ing)? (?:bases|home|hearts|kisses|second|third|signs)|ethical hack\w*|penetration test\w*|catch(?:ing)?|police|detectives?|arrest\w*|escape rooms?|museum|histor\w*|news|safety|defen[cs]e|combat\w*|report(?:ing)?|consequences|punish\w*)\b|^what steps did\b"),
    _rule("private_data", Category.PRIVATE_PERSON,
          rf"\b{_PRIVATE}\b{_gap(2)}{_POSSESSOR}|\b\w+['’]s?(?: [\w-]+){{0,3}} {_PRIVATE}\b"
          r"|\bhack(?:ed|ing|er)\b(?:\W+[\w'’-]+){0,4}?\W+(?:database|e-?mails?|messages|devices?|phone|account|server)\b|\b(?:unauthori[sz]ed access|leaked (?:documents?|emails?|database)|(?:obtained|stolen) from (?:their|his|her|its) (?:internal )?servers?)\b",
          decision=Decision.REWRITE, risk=Risk.MEDIUM, constraint=_NO_REAL_DATA, fiction=Fiction.FINE,
          unless=r"\b(?:public(?:ly)?|office|police|official|forgot(?:ten)?|reset|protect\w*|secur(?:e|ity) tips|example|sample|template|mockup)\b"),
    _rule("copyright_evasion", Category.IP_CHARACTER,
          r"\b(?:pirated|bootleg|knock-?off)\b|\b(?:avoid|bypass|evad|circumvent|without)(?:e|ing)?\b(?:\W+\w+){0,3}?\W+(?:royalt(?:y|ies)|copyrights?|licens(?:e|ing)|intellectual property|drm)\b"
          r"|\b(?:mimic|copy|copies|clone|replicate|imitat)\w*\b(?:\W+[\w'’-]+){0,8}?\W+(?:resale|resell|mass production|to sell|for sale|commercial merchandise)\b",
          fiction=Fiction.FINE, unless=r"\b(?:museum|gift shop|customs|destroy\w*|seiz\w*|treasure|pirate ships?|awareness|stop|against|spot(?:ting)?|detect\w*|anti-?\w+|public domain|licen[cs]ed?|permission)\b"),
)  # fmt: skip

WORKS: Final = (
    r"\b(?:grand theft auto|gta(?: ?(?:v|vi|[3-6]|online))?|minecraft|mario(?: kart| party)?|call of duty|payday(?: ?[23])?|red dead(?: redemption)?|fortnite|skyrim|zelda|pok[eé]mon|"
    r"roblox|the sims|sims [1-4]|counter-?strike|hitman|agent 47|assassin['’]?s creed|dark souls|elden ring|cyberpunk 2077|resident evil|half-?life|portal 2|team fortress|"
    r"left 4 dead|mortal kombat|street fighter|tekken|bioshock|fallout|far cry|just cause|watch dogs|saints row|mafia (?:ii|iii|[1-3])|sleeping dogs|metal gear|splinter cell|"
    r"dishonored|thief simulator|among us|stardew valley|animal crossing|factorio|civilization (?:v|vi)|age of empires|starcraft|warcraft|league of legends|overwatch|valorant|"
    r"apex legends|pubg|terraria|subnautica|plague inc|papers,? please|keep talking and nobody explodes|hollow knight|god of war|uncharted|tomb raider|lara croft|the last of us|"
    r"witcher|dungeons (?:and|&) dragons|d&d|monopoly|cluedo|poker|chess|catan|battleship|breaking bad|better call saul|money heist|la casa de papel|ocean['’]?s (?:eleven|twelve|8)|"
    r"mission:? impossible|james bond|007|john wick|the godfather|goodfellas|scarface|pulp fiction|kill bill|fight club|the matrix|inception|star wars|star trek|lord of the rings|"
    r"harry potter|hogwarts|game of thrones|stranger things|squid game|walking dead|sherlock(?: holmes)?|hercule poirot|agatha christie|indiana jones|jurassic park|terminator|"
    r"batman|gotham|spider-?man|avengers|dc comics|captain america|deadpool|the simpsons|family guy|south park|rick and morty|looney tunes|tom and jerry|scooby[- ]doo|"
    r"naruto|one piece|attack on titan|death note|dragon ball|lupin|carmen sandiego|robin hood|bonnie and clyde|home alone|toy story|shrek|hunger games|romeo and juliet|hamlet|dracula|frankenstein)\b"
)
"""Games, films, series, books and plays that everybody names without saying what they are."""

FICTION: Final = re2.compile(
    r"\b(?:games?|video games?|movies?|films?|novels?|fiction(?:al)?|fantasy|cartoons?|anime|manga|comics?|comic book|animated|animation|"
    r"stage play|stage|theat(?:re|er)|metaphor\w*|symboli\w+|allegor\w+|mytholog\w+|abstract|superhero\w*|zombies?|vampires?|"
    r"halloween|props?|costumes?|toys?|lego|dragons?|wizards?|orcs?|sci-fi|science fiction|heist|script|drama|parody|satir\w+|"
    r"storybook|fairy ?tale|opera|musical|board game|dungeons?|slapstick|psychic|plays?|playing|acting|judo|boxing|karate|taekwondo|fencing|medieval|character|characters|episode|pretend\w*|scene from)\b|"
    + WORKS
)
