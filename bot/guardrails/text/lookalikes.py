"""Hand-made additions to the generated table of look-alikes, by the letter they are read as."""

from typing import Final

STRICT: Final[dict[str, str]] = {
    "a": "аα", "b": "Ьв", "c": "сϲ", "d": "ԁ", "e": "еҽ", "g": "ցԍ", "h": "һհ", "i": "іι", "j": "јյ", "k": "кκ",
    "l": "ӏ", "m": "м", "n": "ո", "o": "оοօ", "p": "рρ", "q": "ԛզ", "s": "ѕ", "t": "тτ", "u": "սυ", "v": "ѵν",
    "w": "ԝ", "x": "хχ", "y": "уγү",
}  # fmt: skip
"""Small letters of other scripts that cannot be told from Latin ones. A word made of nothing else is no foreign
word."""

WIDE: Final[dict[str, str]] = {
    "a": "дӑӓɐ", "b": "бъыьβբ", "c": "ςϛ", "d": "δԃժ", "e": "єэεξеɛǝӗ", "f": "фғφƒ", "g": "ԏɢ", "h": "нңհհիɥ",
    "i": "їɩ", "j": "ϳ", "k": "қҝҡ", "l": "լ", "m": "ӎтм", "n": "пийηπդռ", "o": "юθσфө", "p": "քթր", "q": "գ",
    "r": "гяґɾ", "s": "ꙅʃ", "t": "ҭւե", "u": "цμկմ", "v": "ʋʌ", "w": "шщωψաɯʍ", "x": "ҳжҗճ", "y": "чўӯվʎ",
    "z": "зζʒӡ",
}  # fmt: skip
"""Letters that resemble a Latin one; the first letter that lists a character wins."""

SMALL_CAPITALS: Final[dict[str, str]] = {
    "a": "ᴀ", "b": "ʙᴃ", "c": "ᴄ", "d": "ᴅ", "e": "ᴇ", "f": "ꜰ", "g": "ɢ", "h": "ʜ", "i": "ɪ", "j": "ᴊ", "k": "ᴋ",
    "l": "ʟ", "m": "ᴍ", "n": "ɴ", "o": "ᴏ", "p": "ᴘ", "q": "ꞯ", "r": "ʀ", "s": "ꜱ", "t": "ᴛ", "u": "ᴜ", "v": "ᴠ",
    "w": "ᴡ", "y": "ʏ", "z": "ᴢ",
}  # fmt: skip

RARE: Final[dict[str, str]] = {
    "a": "ⲁᗩค", "b": "ⲃᛒ๒", "c": "ᑕᑢ", "d": "ᗞ๔", "e": "ⲉə", "f": "ᚠֆ", "g": "ᎶᏳ", "h": "ⲏᚺᚻ", "i": "ⲓเ", "k": "ⲕᚲ",
    "l": "ן", "m": "ⲙᛗ๓", "n": "ⲛᑎภ", "o": "Ꭷ๏Ꮎ", "p": "ק", "r": "ᚱ", "s": "ᔕᔆร", "t": "ⲧᛏՇ", "u": "ᑌᚢย",
    "v": "ש", "w": "ᗯฬ", "x": "ⲭא", "y": "ⲩץ", "z": "ⲍչ",
}  # fmt: skip
"""The same in scripts that few people read and that generators of fancy letters draw from."""

PHONETIC: Final[dict[str, str]] = {
    "a": "ɑɐ", "c": "ɔↄ", "e": "ǝɛɘ", "f": "ɟ", "g": "ɡƃ", "h": "ɥ", "i": "ɩᴉ", "j": "ɾʝ", "k": "ʞ", "l": "ɭɫ",
    "m": "ɯɱ", "n": "ɳ", "r": "ɹɼɽ", "s": "ʂƨʃ", "t": "ʇʈ", "u": "ʊ", "v": "ʌʋ", "w": "ʍ", "y": "ʎ", "z": "ʐʒ",
}  # fmt: skip
"""Phonetic and turned Latin letters: no language's everyday spelling."""

ACCENTED: Final[dict[str, str]] = {
    "a": "ⱥ", "ae": "æ", "b": "ƀɓ", "c": "ȼƈ", "d": "đðɗ", "e": "ɇ", "f": "ƒ", "g": "ǥɠ", "h": "ħ", "i": "ıɨ",
    "j": "ɉ", "k": "ꝁƙ", "l": "łƚ", "n": "ɲŋ", "o": "øɵ", "oe": "œ", "p": "ᵽƥ", "r": "ɍ", "ss": "ß", "t": "ŧⱦ",
    "th": "þ", "u": "ʉ", "y": "ɏƴ", "z": "ƶ",
}  # fmt: skip
"""Small letters with a stroke or hook, and ligatures: letters of their own in some language, without a
decomposition."""
