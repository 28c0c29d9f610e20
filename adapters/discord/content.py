"""What is to be shown, and the lesser forms of it that may pass where the whole does not."""

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from adapters.discord.mentions import NOBODY
from adapters.discord.render import WHOLE, Attached, Shape, words_of

TOO_LARGE: Final = 40005
BLOCKED_BY_RULES: Final = frozenset({200000, 200001, 240000, 20009})
"""AutoMod, harmful links, the recipient's content filter."""
BAD_FORM: Final = frozenset({50035, 50006})


@dataclass(frozen=True, slots=True)
class Content:
    """A layout for given files, and the files that fit.

    Attributes:
        smaller: Makes the files once more, at a fraction of their size; None where there are none.
    """

    layout: Callable[[Sequence[Attached | None], Shape], discord.ui.LayoutView]
    files: Sequence[Attached | None] = ()
    images: Sequence[Any] = ()
    shape: Shape = WHOLE
    smaller: Callable[[], Awaitable[Sequence[Attached | None]]] | None = None

    def without_files(self) -> "Content":
        return dataclasses.replace(self, files=[None] * len(self.files), smaller=None)

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments of an edit, with fresh files."""
        files = [
            file.file(image, words=self.shape.words)
            for file, image in zip(self.files, self.images, strict=True)
            if file is not None
        ]
        view = self.layout(self.files, self.shape)
        shown = {"view": view} if self.shape.layout else {"content": words_of(view), "view": None}
        return {**shown, "attachments": files, "allowed_mentions": NOBODY}

    def for_post(self) -> dict[str, Any]:
        """The same for a new message."""
        arguments = self.arguments()
        files = arguments.pop("attachments")
        if arguments["view"] is None:
            del arguments["view"]
        return {**arguments, **({"files": files} if files else {})}

    async def less(self, error: discord.HTTPException) -> AsyncIterator["Content"]:
        """What to send instead, the fullest first; nothing when less of it would not help either."""
        if error.status == 413 or error.code == TOO_LARGE:
            if self.smaller is not None:
                yield dataclasses.replace(self, files=await self.smaller(), smaller=None)
            yield self.without_files()
        elif error.code in BLOCKED_BY_RULES:
            wordless = dataclasses.replace(self, shape=Shape(words=False))
            yield wordless
            yield wordless.without_files()
        elif error.code in BAD_FORM:
            yield dataclasses.replace(self, shape=Shape(words=False, buttons=False))
            plain = dataclasses.replace(self, shape=Shape(words=False, buttons=False, layout=False))
            yield plain
            yield dataclasses.replace(plain, shape=Shape(buttons=False, layout=False)).without_files()
