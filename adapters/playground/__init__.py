"""The embedded chat: a local web page on the same core, no accounts needed."""

from bot.adapter_api import AdapterContext
from bot.ports import ChatAdapter


def create_adapter(context: AdapterContext) -> ChatAdapter:
    """Always there; away from loopback its API needs the token."""
    from adapters.playground.adapter import PlaygroundAdapter

    return PlaygroundAdapter(context)
