"""Several servers of one's own behind one name: each is a provider, since each can fail, be slow or be full by itself."""

from collections.abc import Sequence
from string import ascii_lowercase
from typing import Final

from bot.domain.errors import ConfigurationError

FLUX: Final = "flux"
_MOST: Final = len(ascii_lowercase)


def names(addresses: Sequence[str]) -> Sequence[str]:
    """`flux`, `flux-b`, `flux-c` .., one an address. Raises ConfigurationError: too many."""
    if len(addresses) > _MOST:
        raise ConfigurationError(
            f"FLUX_BASE_URL has {len(addresses)} addresses", f"It takes {_MOST}; put a balancer before more."
        )
    return [FLUX, *(f"{FLUX}-{letter}" for letter in ascii_lowercase[1:])][: len(addresses)]


def with_further_servers(route: Sequence[str], addresses: Sequence[str]) -> Sequence[str]:
    """The entries of a route, and behind each of such a server's the same model at the others, where not named."""
    entries: list[str] = []
    for entry in route:
        name, _, model = entry.partition(":")
        entries.append(entry)
        if name == FLUX:
            others = (f"{other}:{model}" for other in names(addresses)[1:])
            entries += [other for other in others if other not in route]
    return entries
