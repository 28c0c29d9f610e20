"""Discord: commands, buttons, modals, rendering, delivery."""

from bot.adapter_api import AdapterContext, Preview
from bot.ports import ChatAdapter, Check


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


def not_connected() -> Check:
    """Why there is no Discord, for doctor."""
    from adapters.discord.settings import DiscordSettings
    from bot.settings import read_section

    given = sorted(name.upper() for name in read_section(DiscordSettings).model_fields_set)
    remedy = "Copy the bot's token from the developer portal, Bot, into DISCORD_TOKEN."
    if given:
        return Check("discord", "warning", f"not connected: {', '.join(given)} without DISCORD_TOKEN", remedy)
    return Check("discord", "ok", "not connected: set DISCORD_TOKEN if it should be", remedy)
