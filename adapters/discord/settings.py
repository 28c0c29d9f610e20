"""Discord's section of the environment."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic_settings import NoDecode

from bot.settings import Section


def _numbers(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return tuple(int(part) for part in value.split(",") if part.strip())
        except ValueError:
            raise ValueError("takes numbers with commas between them") from None
    return value


def _divided(count: int | None, info: ValidationInfo) -> int | None:
    ids = info.data.get("discord_shard_ids", ())
    if ids and count is None:
        raise ValueError("DISCORD_SHARD_IDS says which shards of how many: set it, too")
    if count is not None and any(not 0 <= number < count for number in ids):
        raise ValueError(f"of so many shards DISCORD_SHARD_IDS can only name 0 to {count - 1}")
    return count


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
    discord_shard_count: Annotated[
        int | None, Field(ge=1, validate_default=True), AfterValidator(_divided)
    ] = None
