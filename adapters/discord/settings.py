"""Discord's section of the environment."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from bot.settings import Section


def _numbers(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return tuple(int(part) for part in value.split(",") if part.strip())
        except ValueError:
            raise ValueError("takes numbers with commas between them") from None
    return value


class DiscordSettings(Section):
    """Token, REST base, and how shards are divided.

    Attributes:
        discord_public_key: Set it to receive interactions over signed HTTP instead of the gateway.
        discord_shard_ids, discord_shard_count: The shards of this process; empty lets the library decide.
    """

    discord_token: SecretStr | None = None
    discord_api_base_url: str = "https://discord.com/api/v10"
    discord_public_key: str | None = None
    discord_shard_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_numbers)] = ()
    discord_shard_count: Annotated[int | None, Field(ge=1)] = None
