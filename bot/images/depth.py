"""Grey pictures of 16 bits, which Pillow would otherwise turn white: it cuts off what is deeper instead of scaling it."""

from PIL import Image


def eight_bits(image: Image.Image) -> Image.Image:
    """The same picture in a mode that converts to all others. One grey may be transparent there; it is shown."""
    if image.mode[0] != "I":
        return image
    scaled = image.point(lambda level: level * (1 / 256)).convert("L")
    scaled.info.pop("transparency", None)
    return scaled
