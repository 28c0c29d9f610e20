"""Slack's section of the environment."""

from pydantic import SecretStr

from bot.domain.errors import ConfigurationError
from bot.settings import Section


class SlackSettings(Section):
    """One workspace by token (Socket Mode with the app token), or many by OAuth over HTTP."""

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_moderators: str = ""
    slack_api_base_url: str = "https://slack.com/api/"

    @property
    def moderators(self) -> frozenset[str]:
        """Ids of members who moderate although they are no admins of the workspace."""
        return frozenset(self.slack_moderators.replace(",", " ").split())

    def check(self) -> None:
        """Raises ConfigurationError when neither way of receiving events is complete."""
        if self.slack_app_token is None and self.slack_signing_secret is None:
            raise ConfigurationError(
                "Slack events cannot be received",
                "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for events over HTTP.",
            )
        if self.slack_bot_token is None and self.slack_client_secret is None:
            raise ConfigurationError(
                "SLACK_CLIENT_ID is set without SLACK_CLIENT_SECRET",
                "Copy both from the app's settings, Basic Information; or use SLACK_BOT_TOKEN alone.",
            )
