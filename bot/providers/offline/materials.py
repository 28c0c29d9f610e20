"""What things are made of."""

from bot.providers.offline.canvas import linear
from bot.providers.offline.palette import Colour

WOOD: Colour = (150, 98, 62)
PAGE = linear((255, 252, 240), (236, 226, 204))
GOLD = linear((255, 240, 170), (240, 188, 60), (190, 126, 34), angle=30)
STEEL = linear((240, 244, 250), (170, 180, 196), (104, 112, 132), angle=20)
SCREEN = linear((92, 150, 220), (74, 82, 178), (66, 44, 120), angle=50)
