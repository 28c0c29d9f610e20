"""The look of a workspace's own brand: words behind every prompt, a palette, and pictures to take the style from.

Words and palette are the policy's style suffix, which the core appends after all checks, and the LoRA is the
policy's too. The pictures lie here, encrypted and small; each request brings them along like a person's own
attachment.
"""

import base64
import dataclasses
import re
from dataclasses import dataclass
from typing import Any, Final

from adapters.slack.installations import Items
from bot.domain.images import ImageTask, MediaType, ReferenceImage, SafePrompt
from bot.domain.lora import LoraChoice, lora_of
from bot.domain.policy import Policy
from bot.domain.requests import HOUSE, Reference, ReferenceRole
from bot.images.previews import jpeg_copy
from bot.ports import ImageRouter, PolicyStore

KIND: Final = "slack_brand"
MOST_PICTURES: Final = 3
SUFFIX_LENGTH: Final = 200
"""Of words and palette together."""
_SIDE: Final = 1024
_COLOUR: Final = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


@dataclass(frozen=True, slots=True)
class Brand:
    words: str = ""
    palette: tuple[str, ...] = ()
    pictures: tuple[bytes, ...] = ()
    lora: LoraChoice | None = None

    @property
    def suffix(self) -> str:
        """What goes behind a prompt."""
        colours = f"Colour palette: {', '.join(self.palette)}" if self.palette else ""
        return ". ".join(part for part in (self.words.strip(" ."), colours) if part)


class Brands:
    """One brand a tenant."""

    def __init__(self, items: Items, policies: PolicyStore, router: ImageRouter) -> None:
        self._items = items
        self._policies = policies
        self._router = router

    async def get(self, tenant: str) -> Brand:
        """Raises StorageError."""
        found = await self._items.get(KIND, tenant)
        presentation = (await self._policies.policy(tenant)).presentation
        lora = lora_of(presentation.lora, tenant)
        if found is None:
            return Brand(words=presentation.style_suffix, lora=lora)
        value = found[0]
        pictures = tuple(base64.b64decode(item) for item in value.get("pictures", ()))
        brand = Brand(value.get("words", ""), tuple(value.get("palette", ())), pictures, lora)
        if brand.suffix == presentation.style_suffix:
            return brand
        # The moderators' rules were changed, or taken back, since: what they say is what is drawn with.
        return dataclasses.replace(brand, words=presentation.style_suffix, palette=())

    async def policy(self, tenant: str) -> Policy:
        """The rules that the brand's words have to pass. Raises StorageError."""
        return await self._policies.policy(tenant)

    async def save(self, tenant: str, brand: Brand, *, actor: str) -> None:
        """Raises StorageError."""
        pictures = [await jpeg_copy(data, side=_SIDE) for data in brand.pictures[:MOST_PICTURES]]
        value: dict[str, Any] = {
            "words": brand.words,
            "palette": list(brand.palette),
            "pictures": [base64.b64encode(data).decode() for data in pictures],
        }
        policy = await self._policies.policy(tenant)
        presentation = dataclasses.replace(
            policy.presentation, style_suffix=brand.suffix, lora=str(brand.lora or "")
        )
        changed = dataclasses.replace(policy, presentation=presentation)
        await self._policies.save(tenant, changed, actor=actor, reason="brand style")
        await self._items.put(KIND, tenant, value)

    async def references(self, tenant: str) -> tuple[Reference, ...]:
        """The brand's pictures for a new request; none where no model takes them. Raises StorageError."""
        brand = await self.get(tenant)
        if not brand.pictures or not self._taken(len(brand.pictures)):
            return ()
        places = range(len(brand.pictures))
        return tuple(Reference(f"{HOUSE}{tenant}|{place}", ReferenceRole.STYLE) for place in places)

    async def picture(self, key: str) -> bytes | None:
        """Bytes behind a reference of ours, None if the brand has changed since."""
        tenant, _, place = key.removeprefix(HOUSE).rpartition("|")
        pictures = (await self.get(tenant)).pictures
        return pictures[int(place)] if place.isdigit() and int(place) < len(pictures) else None

    async def forget(self, tenant: str) -> None:
        await self._items.delete(KIND, tenant)

    def lora_taken(self, lora: LoraChoice) -> bool:
        """Whether any model set up here takes it."""
        return self._router.takes_lora(lora)

    def _taken(self, count: int) -> bool:
        plain = ImageTask(SafePrompt(""), 1024, 1024)
        style = ReferenceImage(b"", MediaType.JPEG, ReferenceRole.STYLE)
        with_pictures = dataclasses.replace(plain, references=(style,) * count)
        return self._router.estimate(with_pictures) is not None or self._router.estimate(plain) is None


def palette_of(text: str) -> tuple[str, ...] | None:
    """Colours such as "#123abc, fff"; None if something else is in there."""
    words = [word for word in re.split(r"[\s,;]+", text.strip()) if word]
    found = [_COLOUR.fullmatch(word) for word in words]
    if any(match is None for match in found):
        return None
    return tuple(f"#{match[1].lower()}" for match in found if match)
