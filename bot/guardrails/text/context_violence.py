"""Compounds and expressions in which words of violence, drugs and slurs mean something harmless. See `contexts`."""

from collections.abc import Mapping
from typing import Final

VIOLENT: Final[Mapping[str, str]] = {
    "acid": (
        r"acid (?:rain|jazz|house|green|yellow|washe?d?|wash|reflux|test|etch\w*|base|trap|techno|free|orange|citrus|drop soil)|"
        r"(?:citric|amino|folic|hyaluronic|lactic|fatty|nucleic|stomach|battery|hydrochloric|sulph?uric|acetic|ascorbic|"
        r"salicylic|tannic|uric|humic) acids?"
    ),
    "assassin": r"assassin(?:s|['’]s)? (?:creed|snails?|bugs?|spiders?)|character assassin",
    "attack": (
        r"(?:heart|panic|anxiety|asthma|snack|counter|shark|bee|giggle|sneak|massive|bear|art|titan) attacks?|"
        r"attacks? (?:on titan|of the (?:clones|killer tomatoes|drone|mushroom\w*|the)|helicopter|moves?|animation|stance|"
        r"on a? ?(?:chess\w*|goal|net|buffet|cheese\w*))|attack(?:s|ing|ed)? (?:the (?:ball|net|goal|cheese|buffet|problem|hill|"
        r"crossword|climb)|formation|midfielder)|(?:pawn|knight|rook|bishop|queen|chess) attacks?"
    ),
    "blood": (
        r"blood(?:y)? (?:pudding|sausage|pheasant|lilies|groups?|drops? (?:earrings?|slide)|thirst|work form|transfusion|"
        r"glucose|smear|plasma|clot diagram|doning)|(?:pure|full|half|thorough|hot|true|menstrual|drawing|donat\w+|giv\w+) ?-?blood"
    ),
    "bomb": r"(?:photo|f|logic|mail|stink|truth|email|water balloon|jell-?o|carb|calorie|flavou?r|vitamin) ?-?bombs?|bomb(?:ay|e glac\w+)|bombshell\w*",
    "camp": r"(?:summer|base|boot|scout|camping|band|holiday|music|space|training|mountain|fishing|refugee|winter|day|art|surf|ski|nou|tent\w*) camps?|camps? (?:fires?|sites?|stoves?|chairs?|beds?|grounds?|ers?|vans?|nou|rock|counsell?or|in the|under|near|by)|campfire",
    "cannibal": r"cannibal (?:sandwich\w*|ox|holocaust poster|star|galax\w+)|cannibal\w* (?:galax\w+|star)",
    "choke": (
        r"chok(?:e|es|ing|er) (?:points?|hazard|cherr\w+|valve|cable|chain|collar|knob|necklaces?|first aid|up|back)|"
        r"(?:arti|carburett?or|lace|velvet|pearl) ?chok(?:e|er)s?|(?:first aid|heimlich|manoeuvre|maneuver|safety|prevention)[^.]{0,40}chok\w+"
    ),
    "cocaine": r"cocaine (?:bear|hippos?|anonymous|awareness|prevention)",
    "concentration": r"concentration (?:game|camp (?:memorial|museum|survivors?|liberat\w+)|of (?:salt|sugar|ions?|stars|light|effort|co2))|(?:deep|full|intense|quiet|in|of|with|her|his) concentration",
    "corpse": r"corpse (?:flowers?|bride|lily|reviver|pose)|exquisite corpses?",
    "crack": r"crack(?:s|ed|ing)? (?:an? )?(?:eggs?|nuts?|open|a (?:joke|smile|code|safe|whip|window|book)|paint|glaze|earth|soil|mud|pepper|wheat|leather|leathery|porcelain|pavement|ice|desert|ground|the (?:code|books))",
    "cracker": r"(?:cheese|fire|nut|christmas|rice|graham|animal|oyster|prawn|saltine|water|cream|soda|safe|wise|ritz|nut) (?:and )?crackers?|crackers? (?:and (?:cheese|dip|soup|grapes|hummus)|jacks?|barrel|crumbs?|with|on a|in a|toy|joke)|cheese (?:and|with|&) crackers",
    "dead": r"dead (?:simple|easy|quiet|still|cent(?:er|re)|flat|last|sure|slow|ahead|straight|level|serious|good|ringer|weight|stock|space|pixels?|zone sign|mouse button|rise|heading|bolt)",
    "death": (
        r"death (?:valley|stars?|eaters?|note|stranding|metal|cab|roll of|by chocolate|cap mushrooms?|row records|on the nile|"
        r"in venice|of (?:marat|socrates|a salesman|ophelia|a star|the author)|wish coffee|['’]?s[- ]head hawk|watch beetle|knell|mask of)|"
        r"(?:black|angel of|dance of|dice with|till|bored to|scared to|sick to|near|chocolate|tickled to|heat) death|"
        r"death(?:s)? (?:is )?(?:tarot|card|and the maiden|and life|personified|metal)|(?:tarot|allegory)[^.]{0,20}\bdeath"
    ),
    "die": (
        r"die[- ](?:cast|cuts?|cutting|casting|hard|press|stamp\w*|grinder|another day|zauberfl\w+|fledermaus|mauer)|"
        r"(?:tie|sided|one|six|loaded|wooden|plastic|ivory|metal|gaming|d20|second|other)[- ]die|to die for|never say die|"
        r"\bdie \w+ (?:und|der|die|das|dem|den|des|im|am|auf|mit|von|ist|sind|unter|über|vor)\b|(?:und|für|auf|über|durch|an|in|um) die \w+"
    ),
    "drug": (
        r"drug ?(?:stores?|free|prevention|awareness|education|test kit|tests?|development|discovery|delivery|trials?|administration|"
        r"resistance|interactions?|recovery|rehab\w*|counsell?or|sniffing|detection|abuse (?:prevention|awareness|help\w*))|"
        r"(?:prescription|wonder|miracle|anti-?malarial|cancer|generic|arthritis|anti|against|no|without|over the counter|medical|research|orphan) ?-?drugs?|say no to drugs|sex,? drugs,? and rock"
    ),
    "ecstasy": r"(?:in|of|religious|pure|the|spiritual|agony and(?: the)?|musical) ecstasy|ecstasy of|ecstasy (?:in|over|on) (?:stone|marble)",
    "execution": r"executions? of (?:a|the|an|his|her|their) (?:perfect|plan|dive|routine|jump|recipe|design|idea|play|move|dance|manoeuvre|code|program|trick|swing)|(?:code|flawless|perfect|program|plan|technical|careful|trade|clean) executions?",
    "execute": r"execut(?:e|es|ed|ing|ive) (?:a|an|the|his|her)? ?(?:perfect|plan|dive|jump|code|command|program|trick|move|flip|pirouette|handstand|dance|turn|suites?|chef|director|desk|order|portrait|lounge|producer|assistant|office|summary)",
    "explode": (
        r"(?:population|colou?r|flavou?r|paint|powder|confetti|glitter|data|flower|popcorn|stellar|cambrian|star|supernova|petal|light|sound|party) explosions?|"
        r"explosions? of (?:colou?rs?|flavou?rs?|flowers|light|paint|joy|confetti|glitter|laughter|taste|sound|petals|creativity|energy|life|stars|powder|popcorn|feathers|spring)|"
        r"(?:fireworks?|firecrackers?|popcorn|flavou?rs?|colou?rs?|stars?|volcano\w*|paint|confetti|bubbles?|flowers?|balloons?|rockets?) explod(?:e|es|ed|ing)|"
        r"explod(?:e|es|ed|ing) (?:fireworks?|popcorn|stars?|volcano\w*|view|diagram|drawing|pie|kittens?|watermelons?|snakes?|stars?|with (?:colou?rs?|light|flowers|laughter|flavou?r|joy)|into (?:colou?rs?|song|flowers|petals|butterflies|laughter))"
    ),
    "fire": r"fir(?:e|es|ed|ing) (?:clay|up|pottery|ceramics?|a kiln|of (?:pottery|clay|a kiln|neurons?)|neurons?|synapses?|order|glaze|imagination)|(?:kiln|clay|pottery|neuron\w*|synap\w*|camp|bon|gas) ?fir(?:e|es|ed|ing)",
    "gag": r"gag (?:reels?|gifts?|shops?|order|writers?|cartoons?|strips?|panels?|items?|manga|comics?)|(?:sight|running|visual|comic|practical|old|slapstick) gags?",
    "gallows": r"gallows (?:humou?r|hill|bird)",
    "guillotine": r"guillotine (?:paper|cutters?|trimmer|window|sash|earring)|(?:paper|cigar|print\w*|office) guillotine",
    "gun": (
        r"(?:glue|top|naked|hot glue|tattoo|pop|cap|flash|paint ?ball|foam|rivet|tape|label|temperature|starting|starter|salute|pellet toy|confetti|scanner|barcode|"
        r"marshmallow|silicone|thermometer|sealant|laser tag) guns?|gun (?:dogs?|boats?|powder (?:green )?tea|wales?|nera|ship|smoke tea|violence (?:prevention|awareness|protest|memorial)|buyback|safe (?:advert|poster))|"
        r"smoking gun (?:cactus|tea)|top gun|son of a gun|big guns|guns? salute|naval guns|sticking to (?:his|her|their) guns"
    ),
    "gypsy": r"gypsy (?:moths?|jazz|caravans?|wagons?|skirts?|cobs?|vanners?|horses?|kings|swing|violin\w*|guitar|baron|music|punk|rose lee|brass)",
    "hang": (
        r"(?:clothes|coat|picture|cliff|paper|wall) ?-?hang(?:s|ers?|ing|ings)|hang(?:s|ing|ed|ers?|man)? ?(?:ten|out|loose|glid\w+|gardens?|baskets?|lamps?|lights?|lanterns?|plants?|"
        r"pots?|ferns?|vines?|wall|rail|chairs?|bridge|valley|scroll|mobile|sign|word game|game|on (?:a|the) (?:wall|line|hook|peg|nail|door|fence)|from (?:a|the) (?:rail|clothes ?line|washing line|"
        r"balcony|cliff|trapeze|monkey bars)|in (?:a|the) (?:closet|wardrobe|window|museum|gallery|living room|hallway|kitchen)|up(?:side)?)|hanged man|word game hangman|hangman (?:game|puzzle|word)"
    ),
    "heroin": r"heroines?",
    "high": r"high(?:s|er|est)? (?:as|above|up|in|on|school|speed|key|contrast|resolution|quality|definition|detail\w*|angle|fashion|heels?|tide|tea|noon|rise|way|lands?|jump|chair|altitude|mountain\w*|peaks?|street|court|seas?|gloss|end|fantasy|renaissance|voltage|five|dynamic|octane|altar|waist\w*|collar|ceiling\w*|wall|tower|cliff|res|def|line|def\w*|sierra|desert|dive|diving|wire|kick|score|note|priest\w*|kingdom|elf|castle|c|top|boots|roller|spirits|season|polish|relief|stool|table)|(?:very|ultra|sky|knee|thigh|ankle|junior|feet|meters?|metres?|so|how|too|waist|three|two|four|five|stories) ?-?high",
    "hit": (
        r"hit (?:records?|songs?|singles?|parade|list poster|the (?:road|books|gym|slopes|beach|ball|target|jackpot|gong|brakes|nail on|bullseye|dance floor|trail|hay|note)|and run tackle|and run (?:play|baseball)|series|movie|musical|show|album|rock|tv|by (?:sunlight|light|a wave|snow\w*))|"
        r"(?:smash|greatest|number one|pop|summer|chart|base|big|box office|home run|disco|radio|one|80s|90s|dance) hits?|(?:ball|bat|racket|club|hammer|drum\w*|light|sun\w*|waves?) hit(?:s|ting)?"
    ),
    "jap": r"japonica|jap(?:an|anese)",
    "kill": r"kill(?:ing|s|ed)? (?:it|joys?|devil hills|bill|floor|your darlings|the (?:look|dance floor|show|stage)|frost|fields (?:memorial|museum))|(?:dressed to|lady|buzz|over|road|weed|time|germ|pain|fee|vibe) ?-?kill(?:er|s|ing)?|kill(?:er|ers) (?:robots?|tomatoes|rabbit|sudoku|cocktail|view|sunset|outfit|dance|riff|smile|deal|frost|look|clowns from|b|bunny)|kilter",
    "killer": r"killer (?:waves?|views?|looks?|abs|recipes?|deals?|whales?|bees?|sunsets?|songs?|riffs?|shoes|dress|style|app|features?)|(?:weed|pain|lady|time|giant|dragon|buzz|vampire|stain|germ|conversation) ?-?killers?",
    "knife": (
        r"(?:butter|palette|paring|kitchen|chef['’]?s|bread|steak|table|pocket|army|putty|craft|cake|cheese|fish|carving|pizza|fruit|oyster|utility|sushi|santoku|"
        r"japanese|letter|wood ?carving|plastic|paper|dinner|x-?acto|jack|stanley|fillet\w*|hobby|whittling|pastry|swiss|drywall|penn?) ?-?kni(?:fe|ves)|kni(?:fe|ves) (?:blocks?|and forks?|fork|set|edge|sharpen\w*|pleats?|rack|rest|skills|roll|angel|in (?:the )?(?:butter|cake|bread|cheese)|cutting|slicing|juggl\w+|thrower circus|making|maker|smith|handle)|"
        r"(?:fork|spoon|plate|cutlery)[a-z, ]{0,20}\bkni(?:fe|ves)|under the knife of"
    ),
    "kraut": r"kraut (?:and|salad|dogs?|rock|with)|(?:with|of|hot dog\w*|sausages?|wurst|pork|apple) kraut",
    "massacre": r"massacre (?:memorial|museum|monument|remembrance|of the innocents)|chainsaw massacre poster",
    "meth": r"(?:against|anti|no|not even once|prevention|breaking bad)[^.]{0,30}\bmeth\b|\bmeth\b[^.]{0,30}(?:prevention|awareness|not even once|recovery|is bad)",
    "murder": r"murder(?:s|ed|ing)? (?:of (?:crows|ravens)|in the (?:rue morgue|vicarage|library board)|on the (?:orient|dancefloor|dance floor)|at the (?:vicarage|gallop)|she wrote|ballads?|mystery|board|incorporated|party game)",
    "nazi": r"(?:anti|grammar|soup|neo|against|resist\w*|defeat\w*|fight\w*|victims? of(?: the)?|fled(?: the)?|escap\w+(?: the)?|hunters?|under) ?-?(?:the )?nazis?|nazi (?:era|hunters?|persecution|occupation|resistance|camp (?:memorial|survivor\w*)|victims?|zombies)",
    "hitler": r"hitler['’]s (?:defeat|fall|downfall)|(?:defeat\w*|against|resist\w*|fall of|downfall of|stop\w*) (?:of )?hitler|stole pink rabbit",
    "noose": r"noose knots?|(?:knot|sailor\w*|climb\w*|scout\w*|fish\w*|lasso)[^.]{0,30}\bnoose|\bnoose\b[^.]{0,20}(?:knot|sailor|scout|fishing|macram\w*)",
    "pistol": r"(?:water|sex|squirt|toy|starting|starter|flare|hot glue|glue|bubble|cap|spray|grip|laser tag|duelling museum) pistols?|pistol (?:shrimps?|grip|squat|pete|annies|offense)|pistols? at dawn comedy",
    "poison": (
        r"poison (?:ivy|oak|sumac|dart frogs?|arrow frogs?|hemlock|apples?|control|centre|center|bottle|label|garden|tree|pass|prevention|idea|ring)|(?:pick|name|choose) (?:your|his|her) poison|"
        r"poison(?:ous|ed)? (?:mushrooms?|plants?|berr\w+|frogs?|snakes?|apples?|toadstools?|spiders?|flowers?|jellyfish|fish)|(?:rat|food|lead|alcohol) poison(?:ing)? (?:prevention|warning|awareness|safety)|without poison"
    ),
    "redskin": r"red ?skins? (?:potato\w*|peanuts?|onions?|apples?)",
    "savage": r"(?:noble|doc|fred|adam|randy|rick|lily|ben|dan|21) savages?|savage (?:gardens?|beauty|land|worlds?|x fenty|sea|storms?|mountains?|wilderness|lands|coast|grace|planet|waves?)",
    "shot": (
        r"(?:espresso|screen|snap|mug|head|long|close[- ]?up|drone|aerial|wide|wide[- ]angle|tracking|establishing|slap|jump|bank|free|penalty|hook|set|tight|macro|product|full[- ]?(?:body|length)?|medium|mid|profile|action|tilt|pan|crane|"
        r"dolly|low[- ]angle|high[- ]angle|overhead|over[- ]the[- ]shoulder|portrait|studio|cinematic|beauty|flat ?lay|candid|golf|tennis|trick|winning|basketball|three point|flu|vaccine|booster|tequila|whisk(?:e)?y|vodka|jello|ginger|coffee|double|single|"
        r"long|money|best|great|good|perfect|editorial|film|polaroid|hero|panoramic|underwater|night|group|team|family|holiday|master|point of view|pov|eye[- ]level|silhouette|detail|extreme|two|moon|pool|drop|putt\w*|cannon museum|big|hot|long[- ]range|"
        r"wildlife|satellite|still|stock|location|fashion|food|street|travel|landscape|time[- ]lapse|slow[- ]motion|buck) ?-?shots?|"
        r"shots? (?:glass\w*|put\w*|of (?:espresso|whisk\w+|vodka|tequila|rum|coffee|a|an|the|ginger|liquor|two|three|people|[a-z]+(?:s|scape|scapes|line))|on (?:film|iphone|kodak|fuji\w*|canon|nikon|sony|location|goal|35mm|16mm|8mm|imax|medium|portra|leica|hasselblad|arri|red|polaroid|\d+mm)|"
        r"from (?:above|below|a (?:drone|low|high|helicopter|distance|bird)|low|high|ground)|with (?:\d+|canon|nikon|sony|leica|kodak|fuji\w*|soft|natural|shallow|vintage|bokeh|(?:an? )?(?:[\w-]+ ){0,2}(?:lens|camera|filter|film|drone|telephoto|iphone))|"
        r"in (?:the style|black and white|golden|low light|natural|studio|monochrome|4k|8k|raw|daylight)|at (?:dusk|dawn|sunset|sunrise|golden|night|eye|low|f\/?\d|\d+mm)|by drone|silk|blocks?|list|caller|clock|looking|showing|featuring|captur\w+)|"
        r"(?:wide|long|cinematic|aerial|overhead|tight|beautiful\w*|stunning\w*|professional\w*) shots?|a shot in the (?:arm|dark)|big shots?|call the shots"
    ),
    "slaughter": r"slaughterhouse (?:five|turned)|slaughter['’]?s (?:big|rig)|laughter",
    "slave": (
        r"slaves? (?:cylinders?|clocks?|drives?|units?|flash|leia|i|narratives?|memorials?|museum|trade (?:museum|memorial|abolition|route map)|emancipation|liberation|quarters museum|labou?r awareness)|(?:master|flash)(?: and |[ /-])slaves?|"
        r"(?:freed|former|escaped|runaway|emancipated|abolition\w*|underground railroad|against|end(?:ing)? of|anti) ?-?slaves?(?:ry)?|slavery (?:museum|memorial|abolition\w*|exhibit\w*|ended|history)|(?:abolition of|end of|against|anti|modern) ?-?slavery"
    ),
    "sniper": r"sniper (?:butterfl\w+|tower defence|tower defense|elite|bird)|snipe (?:birds?|bill|eels?)",
    "stab": r"stab(?:s|bing)? (?:at (?:a|the|an|something|\w+ing)|in the dark|stitch|binding|of (?:light|lemon|colou?r|green|cheese))|(?:japanese|book) stab|fork stab\w*|first stab",
    "strangle": r"strangler figs?|strangle ?hold of (?:ivy|vines?)|strangle ?weed",
    "strike": (
        r"(?:lightning|bowling|bird|thunder|labou?r|general|workers?['’]?|hunger|climate|school|teachers?|bus|match|lucky|gold|train|third|three|nurses?|actors?|writers?|miners?|rail|cobra|ball|clock) ?-?strikes?|"
        r"str(?:ike|ikes|uck|iking) (?:a (?:pose|match|balance|chord|bargain|deal|gong|bell|note)|three|out|zone|gold|midnight|poses?|colou?rs?|beauty|contrast|lights?|lighting|portrait|scene|eyes|the (?:ball|bell|hour|gong|right|drum|tower|tree|keys)|rate|fm|through|force logo|picket|march|back poster)|(?:on|wildcat) strike"
    ),
    "stripper": r"(?:paint|wire|cable|wood|wallpaper|herb|kale|corn|varnish) ?strippers?|stripper (?:wells?|clips?|plate)",
    "suicide": r"suicide (?:squeezes?|bunts?|doors?|squad|kings?|prevention|sprints?|runs? drill|gene|cliffs? sign|survivors? support|hotline)",
    "terror": r"terror (?:birds?|dogs? ghostbusters|management theory|houses? (?:museum|budapest)|tower disney|firma)|(?:tower|hms|reign|night|house|holy|little|toddler) (?:of )?terrors?",
    "terrorist": r"(?:counter|anti|against) ?-?terroris\w+|terroris\w+ (?:attack )?(?:memorial|awareness|victims|drill)",
    "torture": r"tortur(?:e|ed|ous|ing) (?:poets|artist|genius|soul|road|climb|museum|garden|chamber museum)|against torture|stop torture|torture (?:awareness|victims|survivors)",
    "war": (
        r"(?:star|tug of|god of|cold|prisoner of|snowball|pillow|water balloon|turf|gang of|infinity|clone|civil|trojan|clash|world|peloponnesian|gulf|great|crimean|boer|punic|napoleonic|revolutionary|vietnam|korean|after the|post|pre|inter|between the|anti|end of the|against|no|stop|"
        r"man[- ]of|price|culture|console|storage|cola|bidding|thumb|flame|edit|browser|food|meme|gear ?s? of) ?-?wars?|wars? (?:horses?|hammer\w*|of the (?:worlds?|roses|ring|buttons)|craft|drobe|memorials?|museums?|and peace|correspondents?|bonnets?|paint|drums?|elephants?|time|room|games?|thunder|poster|bonds?|heroes|veterans?|cabinet|graves?|poets?|movie|film|chest|eagle|bird|"
        r"frame|lords?|ship|torn|cry|orphans?|effort|era|years|relic|surplus|story|dance|canoe|boy|machine|wolf|rocket|ends?|is over|child)|love not war|at war with (?:weeds|squirrels|the|his|her|my)"
    ),
    "weapon": r"(?:no|without|against|toy|foam|nerf|prop|fantasy|secret|not a|chosen|lethal|medieval|plastic|larp|cosplay|museum|biggest|ban|lay down(?: your| their| the)?) weapons?|weapons? (?:prop|museum|ban|amnesty|rack (?:larp|museum)|of (?:choice|maths? instruction))|lethal weapon (?:poster|movie)",
    "weed": r"(?:sea|milk|tumble|chick|knot|duck|bind|fire|jewel|rag|pond|garden|pulling|dandelion|butterfly|joe[- ]pye|silk|pickerel|hawk) ?-?weed(?:s|ing)?|weed(?:s|ing)? (?:whackers?|killers?|barrier|pullers?|in (?:the|a) (?:garden|pavement|crack\w*|lawn|driveway)|the (?:garden|beds?|lawn)|eaters?|fabric|trimmer|between|among|patch)|pull\w* weeds|grown with weeds",
    "whip": r"whip(?:s|ped|ping|per)? (?:up|cream\w*|butter|egg|topping|honey|stitch\w*|lash|spider|snake|poor will|scorpion|tail|by (?:the )?wind|wind|cracking cowboy|and (?:carriage|chair))|(?:buggy|horse|riding|carriage|miracle|cool|wire|dulce|coach|indiana jones|circus|lion tamer\w*|ringmaster\w*|wind|cowboy\w*) ?-?whip(?:s|ped)?|whippets?",
}  # fmt: skip
"""By a word or its stem. A compound that names the harmless thing, never one that leaves the harmful reading open."""
