"""Words and what they mean: nouns, plurals, synonyms, numbers, places, times, weather, styles, mock-ups.

English throughout, with the basics of German, French, Spanish, Russian, Chinese and Japanese.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.providers.offline.catalogue import CATALOGUE
from bot.providers.offline.palette import COLOURS, MATERIALS, Colour, Finish
from bot.providers.offline.scene import Extra, Mockup, Place, Relation, Season, Style, Time, Weather


def _spread(table: Mapping[str, str]) -> dict[str, str]:
    """{"cat": "kitten kitty"} becomes {"kitten": "cat", "kitty": "cat"}; underscores are spaces."""
    return {word.replace("_", " "): meaning for meaning, words in table.items() for word in words.split()}


SYNONYMS: Final[Mapping[str, str]] = MappingProxyType(
    _spread(
        {
            # animals
            "hedgehog": "porcupine igel hérisson erizo ёж ёжик",
            "bat": "fledermaus chauve-souris murciélago летучая_мышь",
            "crocodile": "alligator krokodil cocodrilo крокодил",
            "hippo": "hippopotamus nilpferd hippopotame hipopótamo бегемот",
            "kangaroo": "wallaby känguru kangourou canguro кенгуру",
            "spider": "tarantula spinne araignée araña паук",
            "cat": "kitten kitty tomcat tabby katze chat gato gata кот кошка котёнок 猫 ねこ",
            "dog": "puppy doggo hound corgi poodle dachshund labrador husky hund chien perro собака пёс пес щенок 犬 狗",
            "fox": "vixen fuchs renard zorro лиса лис 狐",
            "wolf": "coyote loup lobo волк 狼",
            "bear": "teddy grizzly teddy_bear bär ours oso медведь 熊",
            "rabbit": "bunny hare hase kaninchen lapin conejo кролик заяц 兔 うさぎ",
            "mouse": "rat maus souris ratón мышь",
            "hamster": "gerbil guinea_pig chipmunk хомяк",
            "lion": "lioness löwe león лев",
            "tiger": "tigre тигр 虎 leopard cheetah jaguar",
            "monkey": "ape gorilla chimpanzee chimp affe singe mono обезьяна",
            "pig": "piglet boar schwein cochon cerdo свинья поросёнок",
            "squirrel": "eichhörnchen écureuil ardilla белка beaver otter",
            "horse": "pony stallion mare foal pferd cheval caballo лошадь конь 马 馬",
            "unicorn": "einhorn licorne unicornio единорог pegasus",
            "donkey": "mule esel âne burro осёл",
            "cow": "bull ox calf cattle kuh vache vaca корова 牛",
            "sheep": "lamb ram schaf mouton oveja овца",
            "goat": "ziege chèvre cabra коза",
            "deer": "stag reindeer moose elk fawn hirsch cerf ciervo олень 鹿",
            "giraffe": "girafe jirafa жираф",
            "camel": "dromedary llama alpaca kamel верблюд",
            "rhino": "rhinoceros носорог",
            "elephant": "elefant éléphant elefante mammoth слон 象",
            "dinosaur": "t-rex trex tyrannosaurus dino godzilla динозавр",
            "dragon": "drache drachen dragón wyvern дракон 龍 龙 竜",
            "frog": "toad frosch grenouille rana лягушка",
            "snail": "slug schnecke escargot улитка",
            "snake": "serpent python cobra schlange serpiente змея 蛇",
            "butterfly": "moth schmetterling papillon mariposa бабочка 蝶",
            "bee": "bumblebee wasp hornet biene abeille abeja пчела",
            "ladybird": "ladybug beetle bug marienkäfer coccinelle",
            "raccoon": "badger waschbär енот",
            "koala": "коала",
            "panda": "панда",
            # birds
            "owl": "eule uhu hibou chouette búho lechuza сова филин フクロウ",
            "bird": "sparrow bluebird finch hummingbird songbird vogel oiseau pájaro птица 鸟 鳥",
            "crow": "raven blackbird magpie rabe corbeau cuervo ворон ворона",
            "parrot": "macaw parakeet papagei perroquet loro попугай",
            "eagle": "hawk falcon adler aigle águila орёл phoenix",
            "dove": "pigeon taube colombe paloma голубь",
            "duck": "duckling mallard rubber_duck ente canard pato утка",
            "goose": "gans oie гусь",
            "swan": "schwan cygne cisne лебедь",
            "penguin": "pinguin pingouin pingüino пингвин",
            "chicken": "hen rooster cockerel chick turkey huhn hahn poulet gallina gallo курица петух",
            "flamingo": "stork heron crane",
            "seagull": "gull albatross möwe mouette gaviota чайка",
            # plants
            "tree": "oak maple apple_tree baum arbre árbol дерево 树 木",
            "pine": "fir spruce christmas_tree pine_tree tanne sapin ёлка ель сосна",
            "palm": "palm_tree palme palmier palmera пальма",
            "cherry tree": "cherry_blossom cherry_blossoms sakura blossom_tree сакура 桜 さくら",
            "cactus": "kaktus кактус succulent",
            "flower": "daisy blossom bloom blume fleur flor цветок цветы 花 bouquet lily orchid",
            "rose": "роза",
            "tulip": "tulpe tulipe тюльпан",
            "sunflower": "sonnenblume tournesol girasol подсолнух",
            "mushroom": "toadstool fungus pilz champignon seta гриб",
            "potted plant": "houseplant plant bonsai monstera fern pflanze plante planta растение",
            "leaf": "leaves blatt feuille hoja лист",
            # buildings
            "house": "home villa mansion haus maison casa дом 家 farmhouse",
            "cottage": "hut cabin shack hobbit_house hütte cabaña изба домик",
            "castle": "fortress palace burg schloss château castillo замок 城",
            "lighthouse": "leuchtturm phare faro маяк 灯台",
            "tower": "turm tour_eiffel torre башня eiffel_tower",
            "skyscraper": "office_building wolkenkratzer gratte-ciel rascacielos небоскрёб building",
            "church": "chapel cathedral kirche église iglesia церковь",
            "temple": "shrine pagoda tempel храм 寺",
            "windmill": "mill windmühle moulin molino мельница",
            "bridge": "brücke pont puente мост 橋",
            "volcano": "vulkan volcan volcán вулкан 火山",
            "waterfall": "wasserfall cascade cascada водопад 滝",
            "campfire": "camp_fire bonfire lagerfeuer feu_de_camp hoguera костёр",
            "fountain": "brunnen fontaine fuente фонтан",
            "barn": "scheune grange granero амбар",
            "treehouse": "tree_house baumhaus cabane_dans_les_arbres",
            "bench": "park_bench sitzbank banc banco скамейка",
            "tent": "camp zelt tente палатка campsite tipi",
            "pyramid": "pyramide pirámide пирамида",
            "igloo": "иглу",
            "shop": "store coffee_shop bakery boutique bookshop laden магазин flower_shop",
            # vehicles
            "car": "automobile auto voiture coche taxi cab racecar sports_car машина автомобиль 車 车",
            "truck": "lorry van pickup lastwagen camion camión грузовик",
            "bus": "autobus автобус school_bus",
            "train": "locomotive tram zug tren поезд steam_train 电车",
            "bicycle": "bike fahrrad vélo bicicleta велосипед",
            "motorcycle": "motorbike scooter vespa moto motorrad мотоцикл",
            "sailing ship": "sailboat sailing_boat ship pirate_ship galleon yacht schiff segelschiff voilier velero корабль парусник 船",
            "rowing boat": "boat rowboat canoe kayak dinghy fishing_boat boot bateau barco лодка лодке",
            "steamer": "steamship ferry cruise_ship ocean_liner titanic",
            "submarine": "u-boot sous-marin submarino подводная_лодка",
            "airplane": "plane aeroplane jet aircraft flugzeug avion avión самолёт самолет",
            "helicopter": "chopper hubschrauber hélicoptère вертолёт",
            "rocket": "spaceship space_shuttle starship rakete fusée cohete ракета ロケット",
            "ufo": "flying_saucer alien_ship нло",
            "hot air balloon": "hot-air_balloon heißluftballon montgolfière globo воздушный_шар airship zeppelin",
            "tractor": "traktor tracteur трактор",
            # sea
            "fish": "goldfish fisch poisson pez рыба 鱼 魚 clownfish koi",
            "shark": "hai requin tiburón акула",
            "whale": "wal baleine ballena кит orca",
            "dolphin": "delfin dauphin delfín дельфин",
            "octopus": "squid kraken krake tintenfisch pieuvre pulpo осьминог",
            "jellyfish": "qualle méduse medusa медуза",
            "crab": "lobster krabbe crabe cangrejo краб",
            "turtle": "tortoise schildkröte tortue tortuga черепаха",
            "starfish": "seestern",
            # food
            "apple": "apfel pomme manzana яблоко 苹果 りんご",
            "orange": "tangerine mandarin апельсин",
            "lemon": "lime_fruit zitrone citron limón лимон",
            "pear": "birne poire груша",
            "banana": "banane plátano банан",
            "strawberry": "erdbeere fraise fresa клубника",
            "cherry": "kirsche cerise cereza вишня",
            "grapes": "grape traube raisin uva виноград",
            "watermelon": "melon wassermelone арбуз",
            "pineapple": "ananas piña ананас",
            "carrot": "karotte carotte zanahoria морковь",
            "pizza": "пицца",
            "sushi": "nigiri maki суши 寿司",
            "burger": "hamburger cheeseburger бургер",
            "cake": "birthday_cake kuchen torte gâteau tarta торт 蛋糕",
            "cupcake": "muffin кекс",
            "ice cream": "gelato eis glace helado мороженое ice-cream",
            "donut": "doughnut bagel пончик",
            "croissant": "pastry круассан",
            "bread": "loaf baguette toast brot хлеб",
            "coffee": "coffee_cup cup mug espresso cappuccino latte kaffee café_crème кофе tasse 咖啡",
            "tea": "teacup tee thé té чай",
            "sandwich": "toastie club_sandwich panini бутерброд",
            "taco": "burrito",
            "hot dog": "hotdog hot-dog sausage хот-дог",
            "fries": "french_fries chips pommes frites",
            "avocado": "aguacate авокадо",
            "peach": "nectarine apricot pfirsich pêche персик",
            "pancakes": "pancake crêpe crepe pfannkuchen блины",
            "cookie": "biscuit keks galleta печенье",
            "popcorn": "попкорн",
            "teapot": "kettle teekanne théière чайник",
            "wine": "wine_glass wein vin vino вино cocktail",
            "beer": "pint bier bière cerveza пиво",
            "egg": "ei œuf huevo яйцо",
            "cheese": "käse fromage queso сыр",
            "ramen": "noodles noodle_soup soup bowl pasta spaghetti рамен 拉面",
            # objects
            "book": "novel buch livre libro книга 书",
            "stack of books": "pile_of_books books bücherstapel stapel_bücher",
            "lamp": "desk_lamp lampe lámpara лампа",
            "candle": "kerze bougie vela свеча",
            "lantern": "laterne lanterne farol фонарь",
            "light bulb": "lightbulb bulb idea glühbirne",
            "chair": "armchair throne stool stuhl chaise silla стул кресло",
            "sofa": "couch canapé диван",
            "table": "desk tisch mesa стол",
            "clock": "alarm_clock watch wristwatch pocket_watch uhr horloge reloj часы 時計",
            "key": "schlüssel clé llave ключ",
            "umbrella": "parasol regenschirm parapluie paraguas зонт зонтик 傘",
            "guitar": "gitarre guitare guitarra гитара ukulele",
            "violin": "fiddle viola cello violine geige violon violín скрипка",
            "drum": "drums snare trommel tambour tambor барабан",
            "game controller": "controller gamepad joystick",
            "flag": "banner fahne drapeau bandera флаг",
            "compass": "kompass boussole brújula компас",
            "skateboard": "longboard скейтборд",
            "bed": "bett lit_double cama кровать",
            "box": "cardboard_box carton karton boîte caja коробка коробке",
            "basket": "picnic_basket korb panier cesta корзина корзине",
            "bucket": "pail eimer seau cubo ведро",
            "bathtub": "bath tub bath_tub badewanne baignoire bañera ванна",
            "nest": "birds_nest nid nido гнездо",
            "piano": "klavier пианино рояль",
            "trumpet": "saxophone trompete trompette",
            "camera": "kamera appareil_photo cámara фотоаппарат",
            "phone": "smartphone cellphone mobile handy téléphone teléfono телефон",
            "laptop": "computer notebook macbook ноутбук компьютер ordinateur",
            "tv": "television fernseher télé televisor телевизор monitor",
            "ball": "football soccer_ball basketball ballon pelota мяч",
            "balloon": "luftballon шарик",
            "gift": "present gift_box geschenk cadeau regalo подарок",
            "crown": "krone couronne corona корона",
            "hat": "top_hat hut_hat chapeau sombrero шляпа",
            "sword": "katana dagger schwert épée espada меч",
            "shield": "schild bouclier escudo щит",
            "treasure chest": "chest treasure trésor tesoro schatztruhe сундук",
            "globe": "globus глобус",
            "hourglass": "sanduhr sablier песочные_часы",
            "telescope": "teleskop télescope телескоп",
            "vase": "urn amphora jar ваза",
            "chessboard": "chess schach échecs ajedrez шахматы",
            "bottle": "flasche bouteille botella бутылка potion",
            "pencil": "pen bleistift crayon lápiz карандаш brush paintbrush",
            "envelope": "letter mail lettre carta письмо",
            "heart": "love herz cœur coeur corazón сердце 心",
            "diamond": "gem jewel crystal_gem diamant diamante алмаз ruby emerald_gem",
            "trophy": "medal award pokal trophée trofeo кубок",
            "gear": "cog cogwheel zahnrad engrenage шестерёнка",
            "backpack": "bag rucksack schoolbag suitcase",
            "shoe": "sneaker boot schuh chaussure zapato ботинок",
            "headphones": "kopfhörer casque наушники",
            "anchor": "anker ancre ancla якорь",
            "kite": "cerf-volant cometa воздушный_змей",
            # people
            "person": "man boy guy human mann homme hombre человек мужчина мальчик people",
            "woman": "girl lady frau femme mujer mädchen женщина девушка девочка dancer",
            "astronaut": "cosmonaut spaceman астронавт космонавт astronaute astronauta 宇航员 宇宙飛行士",
            "wizard": "sorcerer mage merlin gandalf zauberer magicien mago волшебник",
            "witch": "hexe sorcière bruja ведьма",
            "knight": "ritter chevalier caballero рыцарь samurai warrior",
            "pirate": "pirat pirata пират captain",
            "king": "könig roi rey король emperor",
            "queen": "princess königin reine reina prinzessin королева принцесса",
            "detective": "sherlock sherlock_holmes private_eye inspector spy detektiv détective детектив",
            "superhero": "hero superman superheld супергерой",
            "doctor": "physician nurse scientist surgeon arzt médecin médico доктор врач",
            "ninja": "ниндзя",
            "chef": "cook baker koch cuisinier cocinero повар",
            "robot": "android droid roboter робот ロボット 机器人 mech",
            "alien": "außerirdischer extraterrestre martian инопланетянин",
            "ghost": "gespenst fantôme fantasma привидение призрак",
            "snowman": "schneemann bonhomme_de_neige снеговик",
            "skeleton": "skull skelett squelette skull_and_bones скелет zombie",
            "pumpkin": "jack-o-lantern kürbis citrouille calabaza тыква",
            "mermaid": "meerjungfrau sirène sirena русалка",
            # sky
            "planet": "saturn jupiter mars venus planète planeta планета",
            "earth": "world erde terre tierra земля",
            "star": "stern étoile estrella звезда 星",
            "rainbow": "regenbogen arc-en-ciel arcoíris радуга",
            "cloud": "wolke nuage nube облако",
            "comet": "meteor shooting_star asteroid komet комета",
        }
    )
)

NOUNS: Final[Mapping[str, str]] = MappingProxyType(
    {word: thing for word, thing in SYNONYMS.items() if thing in CATALOGUE}
    | {name: name for name in CATALOGUE}
)

IRREGULAR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "mice": "mouse",
        "geese": "goose",
        "wolves": "wolf",
        "leaves": "leaf",
        "loaves": "loaf",
        "people": "person",
        "men": "man",
        "women": "woman",
        "children": "person",
        "child": "person",
        "knives": "knife",
        "fishes": "fish",
        "oxen": "ox",
        "cacti": "cactus",
        "calves": "calf",
        "octopi": "octopus",
        "collies": "dog",
        "katzen": "katze",
        "hunde": "hund",
        "eulen": "eule",
        "vögel": "vogel",
        "bäume": "baum",
        "häuser": "haus",
        "füchse": "fuchs",
        "bücher": "stack of books",
        "кота": "кот",
        "коты": "кот",
        "котов": "кот",
        "кошки": "кошка",
        "собаки": "собака",
        "лисы": "лиса",
        "совы": "сова",
        "роботы": "робот",
    }
)
UNCOUNTED: Final = frozenset(
    {
        "sheep",
        "deer",
        "fish",
        "sushi",
        "grapes",
        "headphones",
        "stack of books",
        "books",
        "glasses",
        "fries",
        "pancakes",
        "popcorn",
    }
)

NUMBERS: Final[Mapping[str, int]] = MappingProxyType(
    {
        word: value
        for value, words in {
            1: "one ein eine einen une uno una один одна",
            2: "two couple pair both zwei deux dos два две 二 两",
            3: "three trio some few drei trois tres три 三",
            4: "four vier quatre cuatro четыре 四",
            5: "five several fünf cinq cinco пять 五",
            6: "six half-dozen flock herd pack group sechs seis шесть 六",
            7: "seven many sieben sept siete семь 七",
            8: "eight acht huit ocho восемь 八",
            9: "nine neun neuf nueve девять 九",
            10: "ten zehn dix diez десять 十",
            11: "eleven elf_number onze once_number",
            12: "twelve dozen crowd zwölf douze doce",
        }.items()
        for word in words.split()
    }
)
MOST: Final = 24
PLURAL: Final = 3

_COLOUR_WORDS: Final = {
    "red": "rot rote roter roten rouge rouges rojo roja rojos красный красная красные красное scarlet ruby vermilion 红 赤",
    "crimson": "burgundy maroon carmine",
    "orange": "оранжевый оранжевая rust rusty ginger",
    "yellow": "gelb gelbe gelber jaune amarillo amarilla жёлтый желтый жёлтая lemon-yellow 黄",
    "golden": "goldene doré dorado золотой золотая",
    "green": "grün grüne grüner vert verte verde зелёный зеленый зелёная mint 绿 緑",
    "blue": "blau blaue blauer bleu bleue azul синий синяя синее голубой голубая azure sapphire 蓝 青",
    "purple": "lila violett violet_fr morado фиолетовый plum mauve 紫",
    "pink": "rosa rose_coloured rosé розовый розовая fuchsia",
    "brown": "braun braune brun marron marrón коричневый tan",
    "black": "schwarz schwarze schwarzer noire negro negra чёрный черный чёрная 黑 黒",
    "white": "weiß weiße weißer blanc blanche blanco blanca белый белая 白",
    "grey": "gray grau graue gris серый серая",
    "navy": "midnight-blue",
    "cyan": "aqua sky-blue",
    "lavender": "lilac",
    "coral": "salmon peach-coloured",
}
COLOUR_WORDS: Final[Mapping[str, Colour]] = MappingProxyType(
    dict(COLOURS) | {word: COLOURS[name] for name, words in _COLOUR_WORDS.items() for word in words.split()}
)
MATERIAL_WORDS: Final[Mapping[str, tuple[Colour, Finish]]] = MappingProxyType(
    dict(MATERIALS)
    | {
        word: MATERIALS[name]
        for name, words in {
            "brass": "messing laiton latón латунь латунный латунная",
            "gold": "gilded",
            "copper": "kupfer cuivre cobre медный медная",
            "silver": "silbern argenté plateado серебряный серебряная",
            "steel": "metal metallic stahl стальной",
            "chrome": "mirror-polished",
            "wooden": "wood hölzern holz деревянный деревянная",
            "stone": "granite rock-hewn steinern каменный",
            "clay": "ceramic terracotta porcelain",
            "paper": "origami papercraft cardboard",
            "glass": "stained-glass gläsern стеклянный стеклянная",
            "ice": "frozen icy",
        }.items()
        for word in words.split()
    }
)

PLACES: Final[Mapping[str, Place]] = MappingProxyType(
    {
        word.replace("_", " "): place
        for place, words in {
            Place.MEADOW: "meadow field park garden farm countryside hill hills grass grassland village wiese garten prairie jardín поле луг сад",
            Place.FOREST: "forest woods woodland jungle rainforest wald forêt bosque лес лесу 森 森林",
            Place.MOUNTAINS: "mountain mountains alps himalaya peak peaks valley berge berg montagne montaña горы гора горах 山",
            Place.DESERT: "desert dunes sahara savanna savannah wüste désert desierto пустыня пустыне",
            Place.BEACH: "beach shore coast seaside island strand plage playa пляж пляже harbor harbour",
            Place.SEA: "sea ocean waves lake river pond meer mer mar море океан 海",
            Place.UNDERWATER: "underwater reef coral_reef deep_sea aquarium unterwasser sous-marine под_водой",
            Place.CITY: "city street town downtown skyline metropolis new_york tokyo london paris stadt ville ciudad город городе улица 都市 城市",
            Place.SKY: "sky clouds himmel ciel cielo небо небе",
            Place.SPACE: "space outer_space galaxy cosmos universe nebula orbit weltraum weltall espace espacio космос космосе 宇宙",
            Place.POLAR: "polar arctic antarctic antarctica north_pole south_pole iceberg icebergs glacier tundra arktis antarktis arctique antarctique арктика антарктида 南極",
            Place.ROOM: "room bedroom living_room indoors interior kitchen office studio_apartment zimmer chambre habitación комната комнате",
            Place.LIBRARY: "library bookshelf bookshelves bookcase bibliothek bibliothèque biblioteca библиотека библиотеке",
            Place.STUDIO: "studio portrait plain_background",
            Place.TABLE: "picnic still_life breakfast",
        }.items()
        for word in words.split()
    }
)
# Only after "on", "in" or "at": these words often mean a thing or a name.
PLACES_AFTER_PREPOSITION: Final[Mapping[str, Place]] = MappingProxyType(
    {
        "table": Place.TABLE,
        "tisch": Place.TABLE,
        "mesa": Place.TABLE,
        "столе": Place.TABLE,
        "moon": Place.MOON,
        "mond": Place.MOON,
        "lune": Place.MOON,
        "luna": Place.MOON,
        "луне": Place.MOON,
        "cafe": Place.ROOM,
        "café": Place.ROOM,
        "coffee shop": Place.ROOM,
        "house": Place.ROOM,
        "restaurant": Place.TABLE,
        "ice": Place.POLAR,
        "ice floe": Place.POLAR,
    }
)
LANDSCAPE: Final = frozenset({"landscape", "scenery", "landschaft", "paysage", "paisaje", "пейзаж", "nature"})

TIMES: Final[Mapping[str, Time]] = MappingProxyType(
    {
        word.replace("_", " "): time
        for time, words in {
            Time.DAWN: "dawn sunrise morning daybreak morgen aube amanecer рассвет рассвете утро",
            Time.DAY: "day daytime noon sunny midday sun sunshine sonnig sonne soleil día день солнце 太阳",
            Time.SUNSET: "sunset dusk evening twilight golden_hour sonnenuntergang abend coucher_de_soleil atardecer закат закате вечер 夕焼け",
            Time.NIGHT: "night nighttime midnight nocturnal moonlit moonlight starry stars moon dark nacht mond nuit noche ночь ночью ночи луна 夜 月",
        }.items()
        for word in words.split()
    }
)
WEATHERS: Final[Mapping[str, Weather]] = MappingProxyType(
    {
        word: weather
        for weather, words in {
            Weather.RAIN: "rain rainy raining drizzle downpour regen pluie lluvia дождь дождём 雨",
            Weather.SNOW: "snow snowing snowfall snowstorm blizzard snowy schnee verschneit neige nieve снег снегу 雪",
            Weather.STORM: "storm stormy thunderstorm lightning thunder tempest hurricane sturm gewitter tempête tormenta шторм гроза буря",
            Weather.FOG: "fog foggy mist misty haze hazy nebel brouillard niebla туман тумане",
            Weather.WIND: "wind windy breeze breezy",
        }.items()
        for word in words.split()
    }
)
SEASONS: Final[Mapping[str, Season]] = MappingProxyType(
    {
        word: season
        for season, words in {
            Season.SPRING: "spring springtime frühling printemps primavera весна весной 春",
            Season.SUMMER: "summer sommer été verano лето летом 夏",
            Season.AUTUMN: "autumn autumnal fall herbst automne otoño осень осенью 秋",
            Season.WINTER: "winter wintry christmas snowy hiver invierno зима зимой 冬",
        }.items()
        for word in words.split()
    }
)
STYLES: Final[Mapping[str, Style]] = MappingProxyType(
    {
        word.replace("_", " "): style
        for style, words in {
            Style.WATERCOLOR: "watercolor watercolour watercolors aquarell aquarelle acuarela акварель акварелью gouache",
            Style.NOIR: "noir film_noir film-noir",
            Style.PIXEL: "pixel pixel_art pixel-art pixelart 8-bit 16-bit 8bit 16bit пиксель-арт",
            Style.BLUEPRINT: "blueprint schematic technical_drawing blaupause",
            Style.NEON: "neon cyberpunk synthwave vaporwave glowing неон неоновый",
            Style.SKETCH: "sketch pencil_drawing pencil_sketch line_art line_drawing doodle charcoal skizze bleistiftzeichnung dessin boceto набросок эскиз",
            Style.VINTAGE: "vintage retro sepia antique old-fashioned nostalgic",
            Style.POP: "pop_art comic comic_book cartoon_style warhol",
            Style.OIL: "oil_painting impressionist impressionism van_gogh monet ölgemälde oil",
            Style.MONOCHROME: "monochrome black_and_white black-and-white grayscale greyscale schwarz-weiß",
            Style.PASTEL: "pastel pastel_colors pastel_colours pastels kawaii dreamy",
        }.items()
        for word in words.split()
    }
)
MOCKUPS: Final[Mapping[str, Mockup]] = MappingProxyType(
    {
        word.replace("_", " "): mockup
        for mockup, words in {
            Mockup.DASHBOARD: "dashboard admin_panel control_panel analytics_page admin_dashboard kpi дашборд",
            Mockup.LOGIN: "login login_page login_screen login_form sign-in signin sign_in sign_up signup registration_form",
            Mockup.LANDING: "landing_page homepage home_page website web_page webpage hero_section site landingpage webseite сайт",
            Mockup.MOBILE: "mobile_app app app_screen phone_app ios_app android_app mobile_screen приложение",
            Mockup.CHART: "chart graph bar_chart line_chart pie_chart diagramm diagram infographic график",
            Mockup.SLIDE: "slide presentation slide_deck pitch_deck keynote folie презентация",
            Mockup.LOGO: "logo logotype brand_mark emblem логотип",
            Mockup.ICON: "icon app_icon favicon иконка",
        }.items()
        for word in words.split()
    }
)
TRADES: Final[Mapping[str, str]] = MappingProxyType(
    _spread(
        {
            "croissant": "bakery patisserie bäckerei boulangerie пекарня",
            "coffee": "coffee cafe café roastery кофейня",
            "ramen": "restaurant kitchen noodle",
            "pizza": "pizzeria",
            "book": "bookshop bookstore library publisher",
            "flower": "florist flower garden gardening",
            "pencil": "school education learning course",
            "airplane": "travel airline flights trips",
            "headphones": "music podcast audio radio",
            "camera": "photo photography photographer",
            "heart": "health clinic dating charity",
            "trophy": "sport sports fitness gym",
            "gift": "shop store boutique market",
            "backpack": "hiking outdoor",
            "gear": "software engineering factory tool",
            "leaf": "eco organic nature sustainability",
            "dog": "pet pets vet",
        }
    )
)
# Parts of a user interface: enough to know that "a blue button" speaks of one.
INTERFACE_WORDS: Final = frozenset(
    {
        "button",
        "buttons",
        "mockup",
        "wireframe",
        "ui",
        "interface",
        "form",
        "knopf",
        "bouton",
        "кнопка",
        "кнопку",
    }
)

EXTRAS: Final[Mapping[str, Extra]] = MappingProxyType(
    {
        "hat": Extra.HAT,
        "top hat": Extra.HAT,
        "hut": Extra.HAT,
        "chapeau": Extra.HAT,
        "sombrero": Extra.HAT,
        "шляпу": Extra.HAT,
        "шляпе": Extra.HAT,
        "crown": Extra.CROWN,
        "krone": Extra.CROWN,
        "couronne": Extra.CROWN,
        "корону": Extra.CROWN,
        "короне": Extra.CROWN,
        "scarf": Extra.SCARF,
        "schal": Extra.SCARF,
        "bandana": Extra.SCARF,
        "glasses": Extra.GLASSES,
        "sunglasses": Extra.GLASSES,
        "brille": Extra.GLASSES,
        "lunettes": Extra.GLASSES,
    }
)
WEARING: Final = frozenset(
    ["with", "wearing", "wears", "wear", "add", "put", "give", "in", "mit", "avec", "con", "в", "plus"]
)
EDITING: Final = frozenset(
    ["make", "turn", "change", "paint", "colour", "color", "let", "set", "recolor", "recolour"]
)
REMOVING: Final = frozenset(["remove", "without", "no", "delete", "erase", "ohne", "sans", "sin", "без"])
RELATIONS: Final[Mapping[str, Relation]] = MappingProxyType(
    {
        "on": Relation.ON,
        "in": Relation.IN,
        "inside": Relation.IN,
        "dans": Relation.IN,
        "im": Relation.IN,
        "в": Relation.IN,
        "atop": Relation.ON,
        "onto": Relation.ON,
        "riding": Relation.ON,
        "auf": Relation.ON,
        "sur": Relation.ON,
        "sobre": Relation.ON,
        "на": Relation.ON,
        "over": Relation.OVER,
        "above": Relation.OVER,
        "über": Relation.OVER,
        "над": Relation.OVER,
        "and": Relation.BESIDE,
        "beside": Relation.BESIDE,
    }
)
# "a cup of coffee" is one thing, and it is coffee.
CONTAINERS: Final = frozenset(
    [
        "cup",
        "mug",
        "glass",
        "pot",
        "bowl",
        "plate",
        "slice",
        "piece",
        "bunch",
        "bouquet",
        "loaf",
        "pint",
        "bottle",
        "pair",
        "flock",
        "herd",
        "pack",
        "group",
    ]
)
PREPOSITIONS: Final = frozenset(
    ["on", "in", "at", "inside", "into", "auf", "im", "am", "sur", "dans", "en", "на", "в", "au"]
)
FILLERS: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "for",
        "by",
        "from",
        "with",
        "and",
        "it",
        "is",
        "its",
        "very",
        "some",
        "this",
        "that",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "un",
        "le",
        "la",
        "les",
        "el",
        "los",
        "las",
    ]
)
# What may stand between a preposition and its place: "on a big round table".
ADJECTIVES: Final = frozenset(
    [
        "big",
        "large",
        "huge",
        "small",
        "little",
        "tiny",
        "old",
        "ancient",
        "new",
        "round",
        "long",
        "tall",
        "dark",
        "bright",
        "cozy",
        "cosy",
        "rustic",
        "quiet",
        "calm",
        "busy",
        "lush",
        "deep",
        "wide",
        "open",
        "beautiful",
        "magical",
        "enchanted",
        "misty",
        "sunny",
        "empty",
        "vast",
        "tropical",
        "lonely",
    ]
)
LONGEST_PHRASE: Final = 4

_TABLES: Final = (NOUNS, NUMBERS, COLOUR_WORDS, PLACES, TIMES, WEATHERS, SEASONS)
# Words of the scripts that put no spaces between words.
UNSPACED: Final = frozenset(
    word for table in _TABLES for word in table if word and all(c >= "\u3040" for c in word)
)


def singulars(word: str) -> tuple[str, ...]:
    """What the word may be the plural of, likeliest first."""
    options = [IRREGULAR[word]] if word in IRREGULAR else []
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        options.append(word[:-1])
        if word.endswith("es"):
            options.append(word[:-2])
        if word.endswith("ies"):
            options.append(word[:-3] + "y")
        if word.endswith("ves"):
            options += [word[:-3] + "f", word[:-3] + "fe"]
    return tuple(options)
