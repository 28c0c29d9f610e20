"""Discord: commands, buttons, modals, rendering, delivery."""

from bot.adapter_api import AdapterContext, Preview
from bot.ports import ChatAdapter


def create_adapter(context: AdapterContext) -> ChatAdapter | None:
    """None without DISCORD_TOKEN. The library is imported only when it is needed."""
    from adapters.discord.settings import DiscordSettings
    from bot.settings import read_section

    settings = read_section(DiscordSettings)
    if settings.discord_token is None:
        return None
    from adapters.discord.adapter import DiscordAdapter

    return DiscordAdapter(context, settings)


def create_preview() -> Preview:
    """Discord's messages without Discord."""
    from adapters.discord.preview import preview

    return preview
