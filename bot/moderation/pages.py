"""Pages of the moderators' panel as values; each chat draws them in its own way and sends the acts back.

An act is a short text such as "area:limits" or "rule:uphold:9f31…": what a button or menu means. It is kept
short, so that it fits the ids of every platform.
"""

from dataclasses import dataclass
from typing import Final

LONGEST_FORM: Final = 3000
"""Characters that a dialog's field holds on every chat."""


@dataclass(frozen=True, slots=True)
class Button:
    """`url`: opens that address instead of acting."""

    label: str
    act: str
    primary: bool = False
    danger: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """One choice of at most 25; the chosen value is put behind the act: "preset" + "x" is "preset:x"."""

    label: str
    act: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class File:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A private message to one moderator. Lines are plain text: show them so that nothing in them can ping or link,
    but `link`, which is ours.

    Attributes:
        pictures: JPEG bytes that nobody but this moderator may see: veiled, where the chat can do that.
    """

    title: str
    lines: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    menus: tuple[Menu, ...] = ()
    file: File | None = None
    link: str = ""
    pictures: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One question in a dialog; the answer comes back as the text of `act`.

    Attributes:
        picture: Label of a field for a picture, where the chat has such a field; "" for none.
        most: Characters that are taken; 0: as many as the chat lets through, which is `LONGEST_FORM` at least.
    """

    title: str
    act: str
    label: str
    value: str = ""
    long: bool = False
    required: bool = False
    picture: str = ""
    most: int = 0


Shown = Page | Form
