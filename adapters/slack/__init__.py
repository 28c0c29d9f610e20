"""Slack: listeners, block rendering, delivery; Socket Mode and HTTP from one set of listeners."""

from bot.adapter_api import AdapterContext, Preview
from bot.ports import ChatAdapter, Check


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


def not_connected() -> Check:
    """Why there is no Slack, for doctor."""
    from adapters.slack.settings import SlackSettings
    from bot.settings import read_section

    given = sorted(name.upper() for name in read_section(SlackSettings).model_fields_set)
    wanted = "SLACK_BOT_TOKEN with SLACK_APP_TOKEN (or SLACK_SIGNING_SECRET)"
    remedy = (
        f"Copy them from the app's settings: {wanted}; for many workspaces SLACK_CLIENT_ID and its secret."
    )
    if given:
        detail = f"not connected: {', '.join(given)} without SLACK_BOT_TOKEN or SLACK_CLIENT_ID"
        return Check("slack", "warning", detail, remedy)
    return Check("slack", "ok", f"not connected: set {wanted} if it should be", remedy)
