"""Everyday English words, so that two of them side by side are not taken for one split word."""

from typing import Final

_WORDS: Final = """
a able about above across act action add afraid after afternoon again against age ago agree ahead air alarm alien
alive all allow almost alone along already also always am amber among an ancient and angel angle animal ankle another
answer ant antique any anything ape apple apron arch are area arm army around arrow art artist as ash ask asleep at
attic aunt autumn away baby back bacon bad bag bake baker balcony ball balloon bamboo banana band bank bar bare bark
barn barrel base basket bat bath battle bay be beach beam bean bear beard beast beat beautiful beauty became because
bed bee beer before began begin behind being bell below belt bench bend berry beside best better between beyond big
bike bill bin bird bit bite black blade blanket blank blaze blonde blood bloom blow blue blur board boat body bold
bolt bone book boot border born boss both bottle bottom bow bowl box boy branch brass brave bread break breakfast
breath breeze brick bride bridge bright bring broad broken bronze brook brother brown brush bubble bucket bud bug
build bulb bull bunch bunny burn bus bush busy but butter butterfly button buy by cab cabin cable cactus cage cake
call calm came camel camera camp can canal candle candy cane cap cape car card care carpet carrot carry cart carve
case cast castle cat catch caught cave ceiling cell center century chain chair chalk chance change chart chase cheap
check cheek cheese chef cherry chess chest chicken chief child children chimney chin china chip chocolate choose
church cigar circle circus city clay clean clear clever cliff climb clock close cloth clothes cloud clown club coal
coast coat cobra coffee coin cold collar color colour column come comic common cone cook cookie cool copper coral cord
core corn corner cost cottage cotton couch could count country couple court cover cow cozy crab crack craft crane
crash crater crayon cream creature crew cross crowd crown cry crystal cub cube cup curl current curtain curve cut cute
cyan daily dam damp dance dancer danger dark dash date daughter dawn day dead deal dear deck deep deer den dense
depth desert design desk detail devil dew dial diamond did die different dig dim dinner dinosaur dip dirt dirty
distance dive do dock doctor does dog doing doll dome done door dot double dove down dozen draft dragon drama draw
drawer drawing drawn dream dress drew drift drink drip drive driver drop drum dry duck due dull dune dusk dust each
eagle ear early earth ease east easy eat edge egg eight either elbow elder electric elegant elephant elf else empty
end engine enjoy enough enter equal even evening ever every evil eye eyes face fact fade fair fairy fall false family
famous fan fancy far farm farmer fast fat father fawn fear feather feed feel feet fell felt fence fern festival few
field fig fight fill film fin find fine finger finish fire firm first fish fist fit five fix flag flame flash flat
flight float floor flow flower fluffy fly foam focus fog fold follow font food fool foot for forest fork form fort
found fountain four fox frame free fresh friend frog from front frost frozen fruit full fun funny fur future gable
game garden gas gate gave gear gem gentle get ghost giant gift girl give glad glass globe glory glove glow glue go
goal goat gold golden gone good goose got gown grace grain grand grape graph grass grave gray great green grew grey
grid grill grin grip ground group grow guard guest guide guitar gum gun guy had hair half hall hand handle hang happy
harbor hard harp has hat hatch have hawk hay he head hear heart heat heavy hedge heel held help hen her herb here hero
hidden hide high hike hill him hint his hit hive hold hole hollow home honey hood hook hop hope horn horse hose host
hot hotel hour house how huge human hundred hung hunt hut ice icon idea if ill image in inch ink inn inner insect
inside into iron is island it item its ivory ivy jacket jam jar jaw jazz jeans jelly jet jewel job join joke joy judge
jug juice jump jungle junk just keep kept kettle key kick kid kind king kiss kitchen kite kitten knee knew knife
knight knit knock knot know lab lace ladder lady laid lake lamb lamp land lane lantern lap large laser last late laugh
lava lawn lay layer lazy lead leaf lean learn leather leave led left leg lemon lens less let letter level lid lie life
lift light like lily limb lime line lion lip list lit little live lizard load loaf lock log logo lone long look loop
lord lost lot loud love low luck lunch lush machine mad made magic maid mail main make male man mango manor many map
maple marble march mark market mask mast mat match mate may me meadow meal mean meat mechanic medal meet melon melt men
menu mermaid met metal mice middle might mild mile milk mill mind mine mint mirror miss mist mix model modern mole
moment monk monkey monster month mood moon moose more morning moss most moth mother mount mountain mouse mouth move
movie much mud mug mule museum mushroom music must my myth nail name narrow nature near neat neck need needle neon
nest net never new news next nice night nine no noble noise none noon nor north nose not note now number nurse nut oak
oar oat ocean octopus odd of off office often oil old olive on once one onion only onto open or orange orb orchid order
organ other otter our out outer oval oven over owl own owner ox pack pad page paid pail paint painter painting pair
palace pale palm pan panda panel pants paper parade parent park parrot part party pass past pasta paste pastel patch
path pattern paw pay pea peace peach peak pear pearl pebble peel pen pencil penguin people pepper perfect person pet
petal phone photo piano pick picture pie piece pig pile pill pillow pilot pin pine pink pipe pirate pit pizza place
plain plan plane planet plant plastic plate play player plot plum plus pocket poem poet point pole police pond pony
pool poor pop porch port portrait post poster pot potato pour powder power press pretty price pride priest prince
princess print prize proud puddle pull pump pumpkin pup puppy pure purple push put puzzle queen quick quiet quilt quite
rabbit race rack radio raft rail rain rainbow ran ranch rapid rare rat raw ray reach read ready real rear rebel red
reef rest retro rib ribbon rice rich ride right rim ring rip rise river road roar roast robe robin robot rock rocket
rod role roll roof room root rope rose rough round row royal rub ruby rug ruin rule run rush rust sad saddle safe said
sail sailor salad sale salt same sand sang sat sauce save saw say scale scar scarf scene school science score screen
sea seal seat second secret see seed seem seen sell send set seven sew shade shadow shake shape share shark sharp she
shed sheep sheet shelf shell shield shine ship shirt shoe shop shore short shot should shoulder shout show shrine shut
shy side sight sign silk silver simple since sing singer sink sister sit six size skate sketch ski skin skirt skull sky
slate sled sleep slice slide slim slip slope slow small smart smell smile smoke smooth snack snail snake snow so soap
soccer sock soda sofa soft soil sold soldier solid some son song soon sort soul sound soup south space spark speak
spear speed spell spice spider spin spiral spirit spoon sport spot spray spring square squid squirrel stack staff stage
stair stamp stand star start state station statue stay steam steel stem step stick still stir stone stood stool stop
store storm story stove strange straw stream street strip strong style such sugar suit summer sun sunny sunset sure
surf swan sweet swim swing sword table tail take tale talk tall tan tank tap tape taxi tea teach team tear teeth tell
temple ten tent test text than that the their them then there these they thick thief thin thing think third this thorn
those three throne through throw thumb tie tiger tight tile till time tin tiny tip tire to toast today toe together
told tomato tone too took tool tooth top torch touch tour toward towel tower town toy track trade trail train tram
trap tray tree trick trim trip truck true trunk try tub tube tulip tune tunnel turn turtle twelve twin twist two type
ugly umbrella uncle under until up upon us use used usual valley van vase vast velvet very vest vet view village vine
vintage violet violin visit voice volcano wagon wait walk wall want war warm was wash watch water wave wax way we weak
wear weather web week well went were west wet whale what wheat wheel when where which while whip white who whole why
wide wife wild will wind window wine wing winter wire wise wish with wizard wolf woman women wood wool word work world
worn would wrap wrist write wrong yard yarn yell yellow yes yet you young your zebra zero zone zoo
"""

COMMON: Final[frozenset[str]] = frozenset(word + ending for word in _WORDS.split() for ending in ("", "s"))
