"""What somebody asked for: who, where, words, options, references, lineage."""

import base64
import hashlib
import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final, NewType, Self

JobId = NewType("JobId", str)
RawWords = NewType("RawWords", str)
"""Words as a person typed them: may be hostile, never reach an image provider."""


class Quality(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    AUTO = "auto"


class Background(StrEnum):
    AUTO = "auto"
    OPAQUE = "opaque"
    TRANSPARENT = "transparent"


class Action(StrEnum):
    """What a button can do with a finished job."""

    REROLL = "reroll"
    VARY = "vary"
    REWORD = "reword"
    EDIT = "edit"
    UPSCALE = "upscale"
    SHARE = "share"
    DELETE = "delete"
    REPORT = "report"
    APPEAL = "appeal"
    INFO = "info"
    FAVOURITE = "favourite"
    CANCEL = "cancel"
    NOTIFY = "notify"

    @property
    def makes_a_picture(self) -> bool:
        """True for the actions that cost money and therefore make a child job."""
        return self in {Action.REROLL, Action.VARY, Action.REWORD, Action.EDIT, Action.UPSCALE}

    @property
    def once_only(self) -> bool:
        """True when a second press always answers with the first press's child."""
        return self is Action.UPSCALE


class ReferenceRole(StrEnum):
    """What a reference image is for."""

    EDIT = "edit"
    STYLE = "style"
    SUBJECT = "subject"
    POSE = "pose"
    MASK = "mask"


@dataclass(frozen=True, slots=True)
class Aspect:
    """Width to height as small whole numbers, between 1:3 and 3:1."""

    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width <= 0 or self.height <= 0:
            raise ValueError("an aspect ratio has two positive numbers, such as 16:9")
        if not Fraction(1, 3) <= self.ratio <= 3:
            raise ValueError("an aspect ratio lies between 1:3 and 3:1")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `16:9`, `16x9` or `16/9`.

        Raises:
            ValueError: not two positive numbers, or outside 1:3 .. 3:1.
        """
        match = re.fullmatch(r"\s*(\d{1,4})\s*[:x/×]\s*(\d{1,4})\s*", text)
        if not match:
            raise ValueError("an aspect ratio has two positive numbers, such as 16:9")
        width, height = int(match[1]), int(match[2])
        divisor = math.gcd(width, height) or 1
        return cls(width // divisor, height // divisor)

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.width, self.height)

    def __str__(self) -> str:
        return f"{self.width}:{self.height}"


SQUARE = Aspect(1, 1)


@dataclass(frozen=True, slots=True)
class Options:
    """Typed choices. They come from typed options or flags, never from a model's text."""

    aspect: Aspect = SQUARE
    count: int = 1
    quality: Quality = Quality.AUTO
    style: str | None = None
    background: Background = Background.AUTO
    model: str | None = None
    seed: int | None = None
    exclude: str | None = None


HOUSE: Final = "attachment:brand|"
"""How keys of a community's own pictures begin."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that goes along with the request.

    Attributes:
        key: Where the bytes are: a key of the image store, or "attachment:..." for a file that still lies with the
            chat platform and that its adapter can fetch.
    """

    key: str
    role: ReferenceRole
    media_type: str = ""

    @property
    def external(self) -> bool:
        """The bytes still lie with the chat platform."""
        return self.key.startswith("attachment:")

    @property
    def of_the_house(self) -> bool:
        """The community's own picture, which goes along with everybody's requests."""
        return self.key.startswith(HOUSE)


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks, from where. Everything that a policy may look at is here.

    Attributes:
        platform: "discord", "slack", "playground" or "cli".
        tenant: The community whose policy and budget apply, e.g. "discord:4711".
        user_id: The platform's id of the person, unique within the platform.
        roles: Role ids (Discord) or user-group ids (Slack).
        moderator: May use the moderators' commands here.
        locale: BCP 47 tag for the answer's language.
        age_restricted: The channel is marked for adults.
        public: The answer is seen by others.
        direct: The channel is the person's own conversation with the bot, so its id stands for them.
    """

    platform: str
    tenant: str
    user_id: str
    channel_id: str = ""
    thread_id: str | None = None
    display_name: str = ""
    roles: frozenset[str] = frozenset()
    moderator: bool = False
    locale: str = "en"
    age_restricted: bool = False
    public: bool = True
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """Which button on which picture of which job led here."""

    parent_id: JobId
    action: Action
    index: int = 0
    instruction: RawWords | None = None


HD: Final = "hd"
"""Key of a request's metadata: an HD redraw that failed, asked for once more."""


@dataclass(frozen=True, slots=True)
class ImagineRequest:
    """One request for pictures.

    Attributes:
        key: The platform's own id of the interaction, e.g. "discord:1234": a redelivery has the same key.
        words: What to draw. For a child job the parent's words, with the instruction kept in `lineage`.
        deadline: Seconds since the epoch after which the platform takes no answer any more.
    """

    key: str
    requester: Requester
    words: RawWords
    options: Options = Options()
    references: tuple[Reference, ...] = ()
    lineage: Lineage | None = None
    created_at: float = 0.0
    deadline: float = 0.0
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def job_id(self) -> JobId:
        return job_id_for(self.key)


def job_id_for(key: str) -> JobId:
    """The job's public id: 16 characters derived from the interaction's key, so that both name the same row."""
    digest = hashlib.sha256(key.encode()).digest()[:10]
    return JobId(base64.b32encode(digest).decode().lower())
