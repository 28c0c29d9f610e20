"""Contexts in which listed words mean something harmless, as data: compounds of single words, subjects of families
of words, everyday words of other languages, names. Patterns are searched in small letters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Family:
    """Words that a text about one of the subjects does not mean badly."""

    words: frozenset[str]
    subjects: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Language:
    """Everyday words of a language that English lists hold, and the small words that betray the language."""

    words: frozenset[str]
    small: re.Pattern[str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


_BODY: Final = (
    r"(?:men|man|guys?|women|woman|cocks?|dicks?|penis\w*|ass\w*|butts?|boot(?:y|ies)|tits?|boobs?|breasts|cum|pussy|"
    r"balls|bodies|body|dildo\w*|hot)\b"
)

_SEX_SUBJECTS: Final = (
    r"education|ed|health\w*|wellness|wellbeing|orientation\w*|identit\w+|harassment|assault|abuse|exploitation|"
    r"violence|objectification|stereotyp\w+|prejudices?|coercion|misconduct|consent|reproduction|dimorphism|selection|"
    r"maturity|transmitted|feelings|development|minorit\w+|discrimination|ethics|equality|rights|revolution|ratios?|"
    r"chromosomes?|determination|hormones?|cells?|differences?|trafficking|offen[cs]es?|offenders?|crimes?|pistols|"
    r"and the city|therapist|therapy|characteristics"
)

COMPOUNDS: Final[Mapping[str, str]] = {
    "anal": r"anal (?:fins?|glands?|retentive)",
    "ass": (
        r"wild ass(?:es)?|(?:ox|donkey|horse|mule|foal) (?:and|or) (?:the |an )?ass(?:es)?|ass(?:es)? (?:and|or) (?:the |"
        r"an )?(?:ox|donkeys?|mules?|foals?|horses?)|somali ass|ass['’]s"
    ),
    "big black": rf"big black (?!(?:and )?{_BODY})[a-z]+",
    "balls": (
        r"(?:\w+) balls of|balls of \w+|(?:tennis|golf|soccer|billiard|bowling|snow|meat|cotton|bouncy|juggling|crystal|"
        r"disco|beach|cannon|christmas|pool|rubber|wool|yarn|glass|matzo|cheese|rum|paint|ping[- ]pong|exercise|"
        r"medicine) balls"
    ),
    "bareback": r"bareback (?:rid\w+|horse\w*|bronc\w*|rodeo|on a)|(?:rid\w+|rodeo|gallop\w*) bareback",
    "bastard": r"bastard (?:swords?|file|toadflax|operator|amber|cut)",
    "beaver": (
        r"beavers? (?:dams?|lodges?|tails?|ponds?|gnawing|building|swimming|fur|hats?|moon|creek)|(?:busy|eager|giant|"
        r"baby|american|eurasian|wild) beavers?"
    ),
    "bimbo": r"grupo bimbo|(?:il|un|del|al) bimbo",
    "black cock": r"black ?cocks? (?:displaying|lek|on a moor|grouse|feathers?|strutting)|blackcocks?",
    "bloody": r"bloody (?:mary|marys|sunday|baron|tower|good)",
    "blood": (
        r"blood (?:orange|moon|bank|donation|donors?|pressure|test|type|cells?|vessels?|sugar|drive|lily|hound|stone|red|"
        r"brothers?|royal)s?|(?:flesh and|royal|new|young|cold|warm|blue) blood(?:ed)?"
    ),
    "bomb": (
        r"(?:bath|seed|cherry|glitter|photo|smoke|yarn|love|cocoa|hot chocolate|jäger|jager|fizz|time|cluster|"
        r"water) bombs?|bombs? (?:cyclone|disposal|shelter|squad|detection)|bomber jackets?|da bomb"
    ),
    "bondage": (
        r"(?:human|freed from|out of|escape|delivered from|slavery and|chains of) bondage|bondage (?:in egypt|of slavery|"
        r"to sin)"
    ),
    "booby": (
        r"(?:blue|red|brown|masked|nazca|footed|abbott['’]s)[- ](?:footed )?boob(?:y|ies)|booby[- ](?:traps?|trapped|"
        r"prizes?|birds?|hatch)"
    ),
    "boobies": r"(?:blue|red|brown|masked|nazca)[- ](?:footed )?boobies",
    "breast": (
        r"(?:chicken|turkey|duck|goose|pheasant|robin|red|beast of a) breasts?|breasts? (?:cancer|pockets?|stroke|plates?|"
        r"feeding|milk|pumps?|bones?|exam\w*|screening|health|of the (?:hill|bird|robin))"
    ),
    "breasts": r"(?:chicken|turkey|duck|goose) breasts",
    "butt": (
        r"(?:cigarette|cigar|water|rain|rifle|gun|pork|boston|smoked) butts?|butt(?:s)? (?:of (?:a|the|his|her|their)|"
        r"joints?|hinges?|welds?|end|plate)"
    ),
    "chink": r"chinks? (?:in (?:the|his|her|its|their|your|our|my|an?) |of (?:light|sun\w*|day\w*|sky)|between)",
    "cock": (
        r"(?:moor|stop|half|ball|wood|shuttle|weather|game|gamecock|turkey|heath|black|bib|petcock) ?cocks?|"
        r"cocks? (?:crow\w*|robin|pheasants?|and bull|of the (?:rock|walk|north)|fight\w*|feathers?|a doodle|and hens?)|"
        r"cock-a-\w+|cock (?:weather ?vane|weathervane)|cock crowing|hens? and cocks?"
    ),
    "coke": (
        r"coke (?:bottles?|cans?|floats?|zero|oven|machine|ad\w*)|(?:diet|rum and|glass of|can of|bottle of|cherry|"
        r"vanilla|ice cold) coke|coal and coke"
    ),
    "coon": r"maine coons?|coon ?(?:hounds?|dogs?|skins?|cats?|cheese|tail)|raccoons?",
    "crack": (
        r"cracks? (?:in|of|on|open|through|along|between|a|the|an|down)|(?:\w+ing|first|wise|nut|hairline|deep|fire|a|"
        r"tiny|small|huge|glowing) cracks?(?! (?:pipe|cocaine|rocks?))"
    ),
    "cum": r"(?:summa|magna|egregia) cum laude|cum (?:laude|grano)|\w+-cum-\w+",
    "dead": (
        r"dead (?:sea|heat|wood|leaves|leaf|trees?|poets?|ends?|line|calm|lift\w*|pan|pool|or alive|of (?:night|winter)|"
        r"batteries|battery|stars?|reckoning|languages?)|(?:day|night|city|land|book|grateful|drop|walking|living|"
        r"the) (?:of the )?dead"
    ),
    "deep throat": r"deep throats? (?:and|informant|of watergate)|watergate",
    "dick": (
        r"moby[- ]dick|spotted dicks?|(?:tom|philip k\.?|private|cap[nt]\w*|black|deadeye) dick|dick (?:van dyke|tracy|"
        r"grayson|cheney|clark|turpin|whittington|and jane|dastardly|fosbury|butkus|wolf|king[- ]smith|francis|cavett|"
        r"rutan|powell|and harry)|dick, (?:and )?harry"
    ),
    "dyke": (
        r"(?:offa['’]s|van|sea|wansdyke|river|stone|dutch|earth\w*|flood|basalt|volcanic|magma\w*|afsluit) ?dykes?|"
        r"dykes? (?:along|in (?:the netherlands|holland)|and (?:polders?|windmills?|canals?)|of basalt|road|wall|breach|"
        r"system)"
    ),
    "escort": (
        r"(?:police|military|fighter|motorcycle|naval|royal|cavalry|armed|security|convoy|honou?r|ford|secret service|"
        r"wolf|tugboat) escorts?|escorts? (?:ships?|vessels?|destroyers?|carriers?|cruisers?|fighters?|missions?|"
        r"vehicles?|cars?|planes?|boats?|the|a|an|him|her|them|his|their|mk|rs|cosworth)|under escort"
    ),
    "eunuch": (
        r"(?:court|palace|imperial|chief|byzantine|ottoman|ming|persian) eunuchs?|eunuchs? (?:of the|at the|in the|"
        r"general|admiral|zheng)"
    ),
    "fag": r"fag (?:ends?|packet)|fagin",
    "faggot": (
        r"faggots? (?:and (?:mushy )?(?:peas|gravy|mash|chips)|of (?:wood|sticks|twigs|firewood|herbs|brush\w*|straw)|"
        r"in gravy|cell|vote)|(?:bundles? of|carrying) faggots"
    ),
    "fanny": (
        r"fanny (?:packs?|brice|price|mendelssohn|burney|farmer|craddock|cradock|kemble|durack|hensel|crosby|ardant|bay)|"
        r"aunt fanny"
    ),
    "fingering": (
        r"(?:guitar|flute|violin|piano|clarinet|saxophone|recorder|cello|chord) fingerings?|fingerings? (?:charts?|"
        r"chord\w*|positions|weight|yarn|the (?:strings|keys|fabric|beads))"
    ),
    "gay": r"gay (?:apparel|nineties|pride|paree|marriage|rights|wedding|gordons|lussac)",
    "girl on": (
        r"girl on (?:a|an|the|her|his|fire|stage|horse\w*|skates?|skis?|bikes?|bicycles?|top of (?:a|the)|swings?|beach|"
        r"board|holiday|vacation|tip)"
    ),
    "girl on top": (
        r"girl on top of (?:a|an|the) (?:hill|mountain|roof\w*|building|bus|tower|world|ladder|castle|wall|tree|horse|"
        r"stairs|cliff|pile|car|dune|skyscraper)"
    ),
    "golden shower": (
        r"golden showers? (?:trees?|orchids?|of (?:light|sparks|confetti|leaves|coins|petals|glitter|rain|stars|sun\w*|"
        r"meteors)|curtains?|heads?|fixtures?|faucets?)"
    ),
    "gook": r"gobbledy ?gook",
    "grope": (
        r"grop(?:e|es|ing) (?:in the dark\w*|for (?:the|a|an|his|her|words|light|answers)|around in|through the (?:fog|"
        r"dark\w*|mist|smoke))"
    ),
    "gun": (
        r"(?:glue|nerf|nail|ray|water|squirt|grease|heat|caulking|spray|staple|massage|top|t-shirt|bubble|speed|radar|toy|"
        r"flare|price|tommy) guns?|gun (?:metal|powder tea|control|safety|violence prevention|show host)|"
        r"guns (?:n['’]? roses|and roses)|jumping the gun"
    ),
    "hardcore": r"hardcore (?:punk|bands?|gamers?|gaming|concerts?|music|mode|fans?|training|workout|parkour|henry|history)",
    "hard core": r"hard ?core (?:punk|bands?|gamers?|gaming|concerts?|music|mode|fans?|training|samples?|drill\w*|of)",
    "hell": (
        r"hell['’]?s? (?:kitchen|angels?|gate|boy|bent|of a (?:view|day|ride|party))|highway to hell|heaven (?:and|"
        r"or) hell|hellebores?"
    ),
    "hooker": (
        r"(?:john lee|general|joseph|sir joseph|thomas|mount|rugby|rug|crochet|evan|galway) hookers?|hookers? (?:telescope|"
        r"rugby|chemical|oak|valley|falls|in (?:a|the) (?:scrum|rugby))|hooker['’]s green"
    ),
    "horny": r"horny (?:toads?|lizards?|goats?|helmets?|devils?|plates?|scales?|beaks?|shells?|layer|growth|corals?)",
    "hot chick": r"hot chick ?peas?",
    "how to kill": (
        r"how to kill (?:the |a |an |some |any |all |off )*(?:lights?|engine|time|weeds?|mou?ld|germs|bacteria|aphids?|"
        r"mosquito\w*|boredom|process\w*|ants?|slugs?|bugs?|mood|two birds|bed ?bugs|ivy|moss|virus\w*|dandelions?|"
        r"crabgrass|hour|afternoon|task|switch|fungus|algae|termites|wasps|fleas|ticks|power|motor|music|vibe|thread|"
        r"program|python|lice|mites|cancer cells|roaches|cockroaches|flies|rats|mice|rodents|pests?|boss\w*|zombies?|"
        r"dragons?|monsters?|creepers?|vampires?|ender dragon)"
    ),
    "huge fat": rf"huge fat (?!{_BODY})[a-z]+",
    "intercourse": (
        r"(?:social|commercial|diplomatic|literary) intercourse|intercourse,? (?:pa\b|pennsylvania|alabama|"
        r"between nations)"
    ),
    "jerk": (
        r"jerk (?:chicken|pork|seasoning|sauce|shrimp|tofu|fries|spices?|salmon|rub|wings|marinade|cook\w*)|knee[- ]jerk|"
        r"clean and jerk|(?:jamaican|with a) jerk"
    ),
    "jugs": r"(?:water|milk|toby|wine|clay|ceramic|glass|beer|pewter|stone\w*|pottery|earthen\w*) jugs|jugs of",
    "kill": (
        r"(?:road|over|buzz) ?kill\w*|kill(?:s|ed|ing)? (?:the (?:lights?|engine|power|motor|mood|music|vibe)|time|"
        r"two birds|bill|boredom|weeds?|germs|switch|joy|an (?:hour|afternoon))|killer (?:whales?|bees?|heels|queen|app|"
        r"tomatoes|instinct)|(?:weed|lady|pain|dressed to) ?kill(?:er)?s?"
    ),
    "kinky": r"kinky (?:boots|hair\w*|curls?|curly|twists?|afro|coils?|wire|hose|roads?)|afro[- ]kinky",
    "knob": (
        r"(?:door|volume|brass|control|tuning|gear|gearshift|stove|radio|drawer|cabinet|wooden|crystal|porcelain|bed|"
        r"bedpost|rotary|tone) ?knobs?|knobs? (?:of (?:butter|ginger|a|the|turmeric|wood)|and (?:dials?|buttons?|switches|"
        r"levers?))"
    ),
    "kraut": r"(?:sauer|bavarian) ?kraut|kraut ?rock",
    "make me come": r"make me come (?:to|home|back|down|in|out|alive|here|over|again|up|along|true)",
    "melons": (
        r"(?:water|ripe|honeydew|cantaloupe|winter|fresh|sliced|crate of|basket of|galia) ?melons|melons? (?:and|in|on|at|"
        r"growing|balls?|patch|stand|vines?)"
    ),
    "muff": r"(?:ear|hand|fur|winter|leg|velvet|foot) ?muffs?|muffs? and",
    "murder": r"murders? (?:of crows|mystery|mysteries|she wrote|on the orient|hornets?|board|most foul|by death)",
    "naked": (
        r"naked (?:mole|eyes?|cakes?|trees?|branch\w*|chef|gun|oats|barley|singularity|flames?|bulbs?|light ?bulbs?|truth|"
        r"city|ladies|mountain|lunch|juice|bikes?|gold|clay|wires?|neck|rock|cliffs?|twigs|twiglets|and afraid)|"
        r"naked[- ]necked|stark naked truth|barenaked ladies"
    ),
    "negro": (
        r"(?:rio|río|cerro|monte|mar|gato|perro|caballo|vestido|pelo|sombrero|toro|cisne|lobo|café|cafe|oro|humor|agujero|"
        r"pico|sesamo|tigre|traje|fondo|color|azul y|blanco y|tinta|piedra|ojo|cabo) negros?|negro (?:river|leagues?|"
        r"spirituals?|y|e|con|sobre|modelo|league baseball)|en blanco y negro"
    ),
    "nip": r"nips? (?:and tuck|in (?:the )?(?:air|bud)|at|of (?:frost|whisky|whiskey|brandy|rum|gin))|cat ?nip",
    "nipple": (
        r"(?:bottle|grease|pipe|pacifier|brass|spoke|hex|oil|feeding|baby) nipples?|nipples? (?:of a (?:baby )?bottle|"
        r"joint|fitting|key|cactus|fruit)"
    ),
    "nude": (
        r"nude (?:lip\w*|heels?|tones?|palettes?|colou?rs?|colou?red|pumps|shades?|make ?up|nails?|polish|beige|pink|"
        r"stockings|shoes|leather|descending|mice|mouse)|(?:blue|no|non|semi|fully) ?[- ]?nude(?: matisse)?|"
        r"nude,? (?:picasso|matisse|duchamp|by (?:picasso|matisse|modigliani|duchamp))|sharing nudes|leaked nudes|"
        r"(?:couleurs?|teintes?|vernis|rouge à lèvres|tons?|tonos?|colore?s?|labial|esmalte|farbe|lippenstift|nagellack) nude|nude (?:pour|für)"
    ),
    "octopussy": r"octopuss(?:y|ies)",
    "orgy": r"org(?:y|ies) of (?:colou?rs?|flavou?rs?|lights?|sound|food|evidence|shopping|destruction|spending)",
    "pansy": (
        r"pans(?:y|ies) (?:flowers?|petals?|faces?|in|and|parker|seed\w*|bed|orchids?)|(?:wild|purple|yellow|garden|field|"
        r"winter|blue|velvet|blooming|pot of|bouquet of|horned|white) pans(?:y|ies)"
    ),
    "pecker": r"(?:wood|sap|ox) ?peckers?|peckers? (?:on|of) (?:the )?(?:tree|trunk|wood)",
    "pegging": r"tent[- ]pegging|pegging (?:out|up|down|the|a|washing|laundry|clothes|board|game)",
    "penis": r"penis (?:bone|gourd|museum|snake|envy|worm|fish)",
    "playboy": (
        r"(?:billionaire|millionaire|bruce wayne|western world|gatsby)[, ]+(?:\w+ )?playboy|playboy (?:of the western|"
        r"millionaire|billionaire|philanthropist|prince)"
    ),
    "poof": r"poofs? (?:of|and|sleeves?|goes|skirt|up)|(?:a|went|goes|go|with a) poof",
    "porn": r"(?:food|earth|cabin|ruin|travel|word|book|nature|space|house|property|plant|inspiration) ?porn",
    "pot": (
        r"(?:flower|tea|coffee|cooking|clay|hot|jack|melting|honey|crock|chimney|plant|terracotta|copper|soup|lobster|ink|"
        r"piss|stock|iron|ceramic|fondue|paint|big|large|small|boiling|instant|pepper) ?pots?|pots? (?:of|roast|pie|belly|"
        r"luck|hole|holes|holder|and pans?|stickers?|plants?|black|with|on|rack|lid|in)"
    ),
    "prick": r"(?:pin|finger|needle|spindle|thorn) ?pricks?|prick(?:s|ed|ing)? (?:her|his|a|the|of|up)|prickly",
    "pussy": r"puss(?:y|ies)[- ]?(?:willows?|cats?|foot\w*|riot|toes|galore|cat dolls|and the owl|hats?)|owl and (?:the )?pussy",
    "queer": r"queer (?:eye|as folk|street|theory|looking|sort|fish|little|old|feeling)",
    "quim": r"quim (?:barreiros|monz[oó]|torra)",
    "rape": (
        r"(?:oil ?seed|yellow|flowering|field of|fields of|turnip) rape|rape(?:s)? (?:fields?|blossoms?|flowers?|oil|"
        r"seeds?|plants?|crops?|honey|of (?:the sabine|proserpin\w*|europa|persephone|the lock|lucre\w+|nanking))|"
        r"rapefield"
    ),
    "scat": (
        r"scat (?:sing\w*|jazz|music|vocals?|solo|cat|man|back pack)|(?:jazz|bear|wolf|fox|deer|coyote|owl|animal|"
        r"ella fitzgerald) scat"
    ),
    "screw": (
        r"(?:cork|thumb|wood|lead|set|cap|jack|air|archimedes['’]?|machine|rusty|brass|metal|phillips|tightening|loose|"
        r"self[- ]tapping) ?screws?|screws? (?:driver|drivers|cap|caps|top|thread|threads|and (?:bolts?|nuts?|nails?|"
        r"washers?)|press|propeller|in|into|on|holes?|pump)|turn of the screw"
    ),
    "sex": (
        rf"sex (?:{_SEX_SUBJECTS})|(?:same|opposite|fair(?:er)?|either|both|weaker|gentle|second|single|battle of the) ?-?sex(?:es)?|"
        r"sexes"
    ),
    "sexual": (
        rf"(?:\w+ )?sexual(?:ly)? (?:{_SEX_SUBJECTS})|sexual(?:ly)? (?:and|or) (?:reproductive|gender|romantic|domestic|emotional|"
        r"physical)"
    ),
    "sexually": r"sexually transmitted|sexually (?:dimorphic|harass\w*|exploit\w*|assault\w*|abus\w*|reproducing|mature)",
    "shag": (
        r"shag (?:carpets?|rugs?|piles?|haircuts?|cuts?|bark|tobacco|birds?|pillows?|dance)|(?:european|imperial|spotted|"
        r"70s|retro|white|orange|green|long|deep|modern|wolf) shag"
    ),
    "shit": r"shih ?tzu|shit(?:take|ake) ",
    "shoot": (
        r"(?:bamboo|bean|pea|photo|film|green|young|new|tender|garlic|corporate|fashion|wedding|product|video|turkey|"
        r"penalty|trouble|parachute) ?shoots?|shoot(?:s|ing)? (?:stars?|hoops?|baskets?|the (?:breeze|rapids|moon|curl)|"
        r"pool|marbles?|hoop|free throws?|penalt\w+|craps|a (?:film|movie|photo|portrait|video|goal|basket|wedding|selfie|"
        r"free throw|penalty|music video|commercial|documentary)|photos?|pictures?|film|for the (?:stars|moon)|arrows? at|"
        r"goals?|targets?|clay|range|up from|through)|(?:skeet|clay|target|trap|sharp|trouble|archery) ?shooting"
    ),
    "shrimping": r"shrimping (?:boats?|nets?|fleets?|vessels?|trawlers?|village|at)",
    "skeet": r"skeet (?:shoot\w*|ranges?|surf\w*|ulrich|thrower|target)",
    "snatch": (
        r"snatch(?:es|ed|ing)? (?:a|an|the|his|her|their|its|up|away|back|victory|some|block|food|fish|prey)|(?:clean and|"
        r"weightlift\w+|power|olympic|barbell|kettlebell|eagle|gulls?) snatch"
    ),
    "snowballing": (
        r"(?:children|kids|people|friends|teens|students|penguins|snowmen) snowballing|snowballing (?:each other|fight|"
        r"in the|down|debt|effect)"
    ),
    "sodom": r"sodom and gomorrah",
    "spic": r"spic (?:and|n|&) span",
    "spunk": r"(?:full of|with|youthful|plucky|lots of|her|his|pure) spunk|spunk(?:y)? and (?:grit|spirit|energy|courage)",
    "strip": (
        r"(?:comic|film|led|vegas|power|landing|air|filmstrip|mobius|möbius|bacon|weather|magnetic|grass|light|neon|drag|"
        r"sunset|paper|color|colour|test|median|coastal|narrow) strips?|strips? of|strip (?:malls?|lights?|mining|steak|"
        r"cartoon)"
    ),
    "suck": (
        r"suck(?:s|ed|ing)? (?:on )?(?:(?:a|an|the|his|her|its|their|out|up) )?(?:nectar|juice|lemons?|thumbs?|straws?|"
        r"lolli\w*|pop\w*|candy|cand\w+|dust|air|water|venom|pacifier|ice|milk|dirt|into (?:a|the)|bubble tea|tea|"
        r"blood from|honey)|(?:blood|nectar|thumb|wind|sap|seed|goat)[- ]?suck\w*|(?:vampires?|mosquito\w*|leech\w*|"
        r"vacuum\w*|black hole|portal|tornado|hummingbird\w*) suck\w*"
    ),
    "sucks": (
        r"(?:vampires?|mosquito\w*|vacuum\w*|black hole|portal|tornado|hummingbird|baby|child|calf|lamb|elephant) sucks|"
        r"sucks (?:up|in|nectar|on a|its thumb|his thumb|her thumb|the|water|air)"
    ),
    "suicide": (
        r"suicide (?:prevention|awareness|squad|doors?|hot ?line|help ?line|king|silence|knob|blonde|door car)|"
        r"prevent\w* suicide|career suicide"
    ),
    "swallow": r"(?:barn|tree|flying|cliff|red[- ]rumped|bank) swallows?|swallow ?tail\w*",
    "swinger": r"(?:baton|hammer|golf|bat|vine|birch|tree) swingers?|swingers? of birches",
    "taste my": rf"taste my (?!{_BODY})[a-z]+",
    "tit": (
        r"(?:blue|great|coal|marsh|long[- ]tailed|crested|willow|bearded|azure|penduline|varied|sultan|bush|wren) ?tits?|"
        r"tits? (?:for tat|on (?:a|the) (?:branch|feeder|twig|bird\w*|nest\w*|perch|fence)|mouse|bits?)"
    ),
    "tits": (
        r"(?:blue|great|coal|marsh|long[- ]tailed|crested|willow|bearded|azure) ?tits|tits (?:on|at) (?:a|the) (?:branch|"
        r"feeder|twig|bird\w*|nest\w*|perch|fence)"
    ),
    "topless": r"topless (?:tower|towers|car|bus|jeep|convertible|gift|hat|mountain)|topless towers of ilium",
    "tosser": r"(?:coin|caber|salad|pizza|hammer|pancake|dough) tossers?",
    "tramp": r"lady and the tramp|tramp (?:stamp art|steamers?|through)|(?:little|the|chaplin['’]?s?|supertramp) tramp",
    "twink": r"twink(?:le|ling)\w*",
    "undressing": r"undressing (?:a (?:mannequin|doll|salad|christmas tree|tree)|the (?:tree|mannequin|christmas))",
    "vibrator": r"concrete vibrators?|vibrator (?:plate|motor|table)",
    "wang": (
        r"(?:vera|alexander|mr\.?|mrs\.?|ms\.?|dr\.?|professor|leehom|yuja|queen|king|yang) wang|wang (?:laboratories|"
        r"xizhi|wei|yibo|theat(?:er|re)|family|lee)"
    ),
    "weed": (
        r"(?:sea|milk|tumble|duck|chick|knot|pond|rag|jewel|hog|bind|garden|pull\w*|pick\w*) ?(?:the |out )?weeds?|"
        r"weeds? (?:in|growing|killers?|between|whacker|eater|whackers|seeds|garden|through)|overgrown with weeds|"
        r"(?:grass|flowers|vines|brush) and weeds"
    ),
    "white power": (
        r"white power (?:cables?|cords?|adapters?|adaptors?|buttons?|supply|outlets?|station|strips?|boats?|banks?|tools?|"
        r"ranger|lines?|plant|suit|drill)"
    ),
    "whore": r"whore of babylon",
    "willy": (
        r"(?:free|chilly|little|uncle|prince|slick|one[- ]eyed) willy|willy (?:wonka|nilly|loman|brandt|the whale|fog|"
        r"jeep|wagtail)"
    ),
    "xx": (
        r"(?:bowl|chapter|volume|vol\.?|part|psalm|anno|olympiad|olympics|legion|legio|act|section|king|pope|louis|dos|"
        r"mark) xx|xx (?:century|legion|olympiad|chromosomes?|large|valeria)|siglo xx|s[eé]culo xx|xx secolo"
    ),
    "xxx": (
        r"(?:bowl|chapter|volume|part|olympiad|olympics|legion|mark|london) xxx|xxx (?:olympiad|legion|large|chromosomes?|"
        r"ulpia)"
    ),
}
"""Word -> pattern of what it is harmless in; a match has to overlap with it."""

_REPROACH: Final = (
    r"consent|respect\w*|end(?:ing|ed|s)?|prevent\w*|protect\w*|awareness|campaigns?|charity|hotline|helpline|"
    r"survivors?|victims?|harmful|harms?|damage|impact|risks?|dangers?|warn\w*|against|fight(?:ing)?|stop(?:ping)?|"
    r"challeng\w*|dismantl\w*|combat\w*|addressing|tackl\w*|confront\w*|eliminat\w*|law|laws|legal|legislation|crime|"
    r"cybercrime|court|justice|investigat\w*|rights|equality|discriminat\w*|prejudic\w*|stereotyp\w*|objectif\w*|"
    r"exploit\w*|harass\w*|abus\w*|coerc\w*|assault\w*|without (?:\w+ )?(?:consent|approval|permission)|ban(?:ned|s)?|"
    r"report(?:ing)?|unauthori[sz]ed|non-?consensual|scandals?|ethics"
)

FAMILIES: Final[tuple[Family, ...]] = (
    Family(  # what sexuality is called when it is spoken about: care, learning, law and reproach
        _words(
            "anus bisexual breast clitoris ejaculation erection genital genitalia genitals homosexual incest "
            "intercourse labia masturbation orgasm orgasms penis prostitute prostitution puberty rape raped raping "
            "rapist rectum sadism scrotum semen sex sexual sexuality sexually sperm testicle testicles transsexual "
            "vagina voyeur voyeurism vulva"
        ),
        _any_of(
            _REPROACH,
            r"educat\w*|lessons?|class(?:es|room)?|schools?|curriculum|textbooks?|workshops?|lectures?|manual|biolog\w*",
            r"anatom\w*|medical\w*|medicine|clinic\w*|doctors?|nurses?|patients?|hospital|health\w*|wellness|hygiene",
            r"pregnan\w*|fertil\w*|contracepti\w*|std|hiv|aids|vaccin\w*|therap\w*|responsib\w*|safe(?:ty|ly|r)?|histor\w*",
            r"museum|scien\w*|research\w*|diagram|defin\w*|explain\w*|understand\w*|discuss\w*|openly|ethic\w*|accept(?:ance",
            r"ing)|inclusi\w*|divers\w*|identity|orientation|guidelines|what is|what does|what constitutes|meaning of",
        ),
    ),
    Family(  # what can be seen of it: reproach and medicine only, no places and no trades
        _words(
            "breasts grope groping naked nipple nipples nude nudes nudity porn pornography topless upskirt"
        ),
        _any_of(
            _REPROACH,
            r"anatom(?:y|ical)|medical (?:diagram|textbook|illustration|chart)s?|textbooks?|mammogra\w*|cancer|breastfeeding",
            r"sex(?:ual)? education|policy",
        ),
    ),
    Family(  # words of hatred, in memory, learning and protest
        _words(
            "antisemite apartheid fascism fascist genocide hitler holocaust homophobe kkk lynch lynching nazi nazis "
            "neo-nazi neonazi racism racist slave slavery slaves swastika swastikas terrorism terrorist"
        ),
        _any_of(
            r"museum|memorial|histor\w*|documentary|exhibit\w*|remember\w*|remembrance|survivors?|victims?|against|fight\w*",
            r"anti|stop|end(?:ing)?|protest\w*|march\w*|defeat\w*|resist\w*|liberat\w*|abolition\w*|free(?:d|dom)|surrender",
            r"trial|nuremberg|crossed[- ]out|strikethrough|broken|smash\w*|falling|educat\w*|lessons?|textbook|class(?:es",
            r"room)?|hindu|buddhist|jain|temple|diwali|rangoli|indian|sanskrit|wwii|ww2|world war|1930s|1940s|soviet|allied",
            r"allies|awareness|condemn\w*|reject\w*|say no|no place",
        ),
    ),
    Family(  # who people are, in company
        _words(
            "bisexual dyke dykes gay gays homo homosexual lesbian lesbians lgbt queer queers tranny transgender "
            "transsexual"
        ),
        _any_of(
            r"pride|community|couples?|wedding|marriage|rights|flags?|histor\w*|parade|artists?|liberation|youth|culture",
            r"identity|people|famil\w+|rainbow|dads|moms|mums|parents?|love|march|club|bar|allies|support\w*|proud|on bikes",
            r"representation|inclusi\w*|equality",
        ),
    ),
    Family(  # birds and other beasts
        _words(
            "ass asses beaver beavers bitch bitches boobies booby bustard cock cocks coon coons cuckold pecker peckers "
            "pussy shag shags tit tits titty"
        ),
        _any_of(
            r"birds?|hens?|nest\w*|feathers?|beak|perch\w*|branch(?:es)?|feeder|farm\w*|barn\w*|crow(?:s|ing)?|flock|wings",
            r"plumage|eggs|chicks|species|ornitholog\w*|pheasant|wildlife|sanctuary|galapagos|galápagos|donkeys?|mules?",
            r"foals?|puppies|litter of|kennel|breeder|dog show|hounds?|woodland|trunk",
        ),
    ),
    Family(  # plants
        _words("bush grass hoe hoes pansies pansy pot pussy rape weed weeds"),
        _any_of(
            r"flowers?|garden\w*|petals?|bloom\w*|bouquets?|violets?|meadows?|botanic\w*|lawn|soil|flower ?beds?|greenhouse",
            r"shovel|rake|plough|harvest|seedlings?|farm\w*",
        ),
    ),
    Family(  # water and stone
        _words("dyke dykes"),
        _any_of(
            r"seas?|rivers?|floods?|dams?|canals?|holland|netherlands|dutch|polders?|windmills?|marsh\w*|water|tides?",
            r"embankment|volcan\w*|basalt|magma|geolog\w*|sheep|scottish",
        ),
    ),
)

SEXUAL: Final = FAMILIES[0].words | FAMILIES[1].words

MINORS: Final = re.compile(
    r"\b(?:child\w*|kids?|toddlers?|bab(?:y|ies)|infants?|minors?|underage|(?:pre)?teen\w*|(?:school|little |"
    r"young )?(?:girl|boy)s?|lolis?|shotas?|pupils?|(?:[1-9]|1[0-7])[- ]?(?:years?[- ]old|yo))\b"
)
"""With people of that age a sexual word has no harmless context here: the match stays sure."""

LANGUAGES: Final[tuple[Language, ...]] = (
    Language(
        _words("bimbo bimbos cazzo concha culo negra negro negros pene puta sexo"),
        _any_of(
            r"el|la|los|las|un|una|de|del|con|en|y|al|por|sobre|bajo|il|lo|gli|di|della|nel|sul|su|che|o|os|as|um|uma|do|da",
            r"no|na|com|em|e",
        ),
    ),
    Language(
        _words("bad damn dick dicks die fag fags fick hell spanner"),
        _any_of(
            r"ein(?:e[mnrs]?)?|der|die|das|dem|den|des|und|mit|auf|im|ist|von|zu|vor|am|bei|sehr|zwei|neben|unter|über|i|og",
            r"och|en|ett|en|et|på|med",
        ),
    ),
    Language(
        _words("bite chatte con douche fesses phoque pute queue sale salope"),
        _any_of(
            r"le|la|les|un|une|des|du|de|au|aux|avec|dans|et|sur|sous|en|qui",
        ),
    ),
)

NEGATED: Final = re.compile(
    r"(?:\b(?:no|not|without|zero|avoid(?:ing)?|never|free of|nothing|non|neither|nor|exclude|anti)[\s:-]+(?:any |"
    r"explicit |the |or |and |\w+,? (?:or|and|nor) )*)$"
)
"""What stands before a word that is not wanted: "no nudity"."""

NAMES: Final = _words(
    "beaver bush cock coon dick dicks dyke fanny gay gaylord hooker johnson lust pansy peter randy rod schlong "
    "seaman wang willy"
)
"""Words that are names as well."""

TITLES: Final = _words(
    "aunt captain dr general king lady lord miss mr mrs ms president professor queen saint senator sir st "
    "uncle"
)
