"""The pictures of a finished task, wherever its result has them: behind an address, in a `data:` URL, or as base64."""

from dataclasses import dataclass

from bot.domain.clock import Deadline
from bot.domain.errors import NotFetched, ProviderError, ProviderFailed
from bot.domain.images import GeneratedImage, PictureData
from bot.images.download import Downloader, DownloadError
from bot.images.media_types import MAX_BYTES, media_type_of
from bot.images.spool import start_of
from bot.ports import Clock
from bot.providers.host_faults import Answer
from bot.providers.host_spec import HostSpec, values_at
from bot.providers.inline_pictures import decoded


def results_in(spec: HostSpec, answer: Answer) -> list[str]:
    """Result URLs or inline pictures, by the first path that leads to any."""
    for path in spec.pictures:
        found = [value for value in values_at(answer.body, path) if isinstance(value, str) and value]
        if found:
            return found
    return []


@dataclass(frozen=True, slots=True)
class HostPictures:
    """Fetches results from a host's download addresses, or from loopback where that is the host."""

    spec: HostSpec
    model: str
    downloader: Downloader
    clock: Clock
    allow_loopback: bool

    async def fetch(self, value: str, deadline: Deadline) -> GeneratedImage:
        """Raises ProviderError; the picture is paid for in any case."""
        data = await (self._download(value, deadline) if "://" in value[:16] else self._inline(value))
        media_type = media_type_of(start_of(data))
        if media_type is None:
            raise self._fault(ProviderFailed, "not a PNG, JPEG or WebP")
        return GeneratedImage(data, media_type)

    async def _download(self, url: str, deadline: Deadline) -> PictureData:
        try:
            return await self.downloader.fetch(
                url,
                hosts=self.spec.download_hosts,
                allow_loopback=self.allow_loopback,
                max_bytes=MAX_BYTES,
                deadline=deadline,
                clock=self.clock,
            )
        except DownloadError as error:
            kind = NotFetched if error.lost else ProviderFailed
            raise self._fault(kind, f"download: {error}") from None

    async def _inline(self, value: str) -> PictureData:
        """Bytes of a `data:` URL or of plain base64."""
        encoded = value.partition(",")[2] if value.startswith("data:") else value
        try:
            return await decoded(encoded, self.downloader.spool)
        except ValueError:
            raise self._fault(ProviderFailed, "no base64") from None
        except OSError as error:
            raise self._fault(NotFetched, f"spool: {type(error).__name__}") from None

    def _fault(self, kind: type[ProviderError], detail: str) -> ProviderError:
        return kind(self.spec.name, self.model, detail, maybe_billed=True)
