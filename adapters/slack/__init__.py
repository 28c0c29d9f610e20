"""Slack: listeners, block rendering, delivery; Socket Mode and HTTP from one set of listeners."""

from bot.adapter_api import AdapterContext, Preview
from bot.ports import ChatAdapter


def create_adapter(context: AdapterContext) -> ChatAdapter | None:
    """None without a bot token or OAuth client. The library is imported only when it is needed."""
    from adapters.slack.settings import SlackSettings
    from bot.settings import read_section

    settings = read_section(SlackSettings)
    if settings.slack_bot_token is None and settings.slack_client_id is None:
        return None
    from adapters.slack.adapter import SlackAdapter

    return SlackAdapter(context, settings)


def create_preview() -> Preview:
    """Slack's messages without Slack."""
    from adapters.slack.preview import preview

    return preview
