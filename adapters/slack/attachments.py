"""Files that people have put into Slack, fetched with the bot's token. files:read is optional."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from adapters.slack.workspaces import NotInstalled, Workspaces
from bot.domain.errors import InvalidImage
from bot.images.inspect import MAX_UPLOAD


@dataclass(frozen=True, slots=True)
class Attachments:
    """A key is `attachment:<tenant>|<address>`."""

    workspaces: Workspaces
    session: aiohttp.ClientSession
    base_url: str

    async def fetch(self, key: str) -> bytes:
        """Raises InvalidImage: not a file of Slack, not given out, or too large."""
        tenant, _, url = key.removeprefix("attachment:").partition("|")
        if not self._is_slacks(url):
            raise InvalidImage("not a file of Slack")
        try:
            client = await self.workspaces.client(tenant)
            headers = {"Authorization": f"Bearer {client.token}"}
            async with self.session.get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise InvalidImage("Slack does not give the file out")
                data = bytearray()
                async for piece in answer.content.iter_any():
                    data += piece
                    if len(data) > MAX_UPLOAD:
                        raise InvalidImage("the file is too large")
                return bytes(data)
        except (aiohttp.ClientError, OSError, TimeoutError, NotInstalled):
            raise InvalidImage("Slack does not give the file out") from None

    def _is_slacks(self, url: str) -> bool:
        """Our token goes to Slack's own file host and nowhere else."""
        parts, api = urlsplit(url), urlsplit(self.base_url)
        if parts.scheme == "https" and (parts.hostname or "").endswith((".slack.com", ".slack-files.com")):
            return True
        return (parts.scheme, parts.netloc) == (api.scheme, api.netloc)
