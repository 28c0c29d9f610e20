"""Every HTTP status of the paid call, at every provider, and the words by which servers tell one end from another.

`test_contract` plays what a server does; here it is what it says.
"""

import dataclasses
from typing import Any

import pytest

from bot.domain import errors as e
from bot.domain.images import ImageTask, ProviderRefusal, RefusalStage, SafePrompt
from bot.domain.requests import Quality
from bot.providers.decisions import TABLE
from tests.support.stands import ENDS, ENGINES, Stand, open_stand
from tests.twins import flux_modes, openai_modes
from tests.twins.flux_host import Elsewhere
from tests.twins.flux_twins import TWINS
from tests.twins.http_twin import Answer, Fault

TASK = ImageTask(SafePrompt("a brass owl"), 256, 256, quality=Quality.LOW, safety_identifier="x")
NO, MAYBE = False, True
REFUSAL = ProviderRefusal

# fmt: off
STATUSES: dict[int, tuple[type, bool]] = {
    # status: how the attempt ends, and whether it may be billed
    301: (e.Misconfigured, NO),
    307: (e.Misconfigured, NO),
    400: (e.Rejected, NO),
    401: (e.Misconfigured, NO),
    402: (e.Exhausted, NO),
    403: (e.Misconfigured, NO),
    404: (e.Misconfigured, NO),
    405: (e.Misconfigured, NO),
    408: (e.ProviderFailed, MAYBE),
    409: (e.ProviderFailed, MAYBE),
    413: (e.Rejected, NO),
    415: (e.Rejected, NO),
    422: (e.Rejected, NO),
    429: (e.Throttled, NO),
    451: (REFUSAL, NO),
    500: (e.ProviderFailed, MAYBE),
    502: (e.ProviderFailed, MAYBE),
    503: (e.ProviderFailed, MAYBE),
    504: (e.ProviderFailed, MAYBE),
    529: (e.ProviderFailed, MAYBE),
}
# fmt: on
NO_ROOM = frozenset({503, 529})
UNPAID = {"fal": frozenset(range(500, 600)), "bfl": frozenset({503})}
"""Server errors that prove that nothing was made."""


def expected(name: str, status: int) -> tuple[type, bool]:
    kind, billed = STATUSES[status]
    if name in TWINS and status in NO_ROOM:
        kind = e.QueueFull  # hosts say so when no machine is free
    own = name in ENGINES and name != "compatible"
    return kind, billed and not own and status not in UNPAID.get(name, ())


async def end_of(stand: Stand, mode: Fault) -> Any:
    """How a job ends whose provider says that, as if nobody had asked it before."""
    stand.afresh()
    stand.play(mode)
    try:
        return (await stand.run(TASK))[-1]
    except e.ProviderError as fault:
        return fault


@pytest.mark.parametrize("name", list(ENDS))
@pytest.mark.parametrize("body", [{}, "<html><body>no</body></html>"], ids=["object", "page"])
async def test_every_status_has_its_class(name: str, body: Any) -> None:
    told: dict[int, tuple[type, bool]] = {}
    async with open_stand(name) as stand:
        for status in STATUSES:
            end = await end_of(stand, Answer(status, body, "text/html" if body else "application/json"))
            told[status] = type(end), end.maybe_billed
            assert type(end) is REFUSAL or type(end) in TABLE
        assert stand.paid_calls == len(STATUSES), "each once"

    assert told == {status: expected(name, status) for status in STATUSES}


def error(code: str | None, message: str = "no", kind: str = "x", **more: Any) -> dict[str, Any]:
    """An error object of the Images API."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code, **more}}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, error("moderation_blocked"), REFUSAL),
        (400, error("content_policy_violation"), REFUSAL),
        (400, error("image_content_policy_violation"), REFUSAL),
        (400, error("billing_hard_limit_reached", kind="billing_limit_user_error"), e.Exhausted),
        (400, error("billing_hard_limit_reached", kind="image_generation_user_error"), e.Exhausted),
        (429, error("insufficient_quota", kind="insufficient_quota"), e.Exhausted),
        (429, error("rate_limit_exceeded"), e.Throttled),
        (429, error(None), e.Throttled),
        (401, error("invalid_api_key"), e.Misconfigured),
        (404, error("model_not_found"), e.Misconfigured),
        (403, error(None, "Your organization must be verified to use the model"), e.Misconfigured),
        (400, error("unknown_parameter"), e.Rejected),
        (400, error(None, "rejected by nobody's safety system"), e.Rejected),
        (500, error("server_error"), e.ProviderFailed),
    ],
)
async def test_the_codes_of_the_images_api(status: int, body: dict[str, Any], kind: type) -> None:
    async with open_stand("openai") as stand:
        end = await end_of(stand, Answer(status, body))

    assert type(end) is kind


@pytest.mark.parametrize(
    ("body", "kind", "billed"),
    [
        (error("moderation_blocked", moderation_details={"moderation_stage": "input"}), REFUSAL, NO),
        (error("content_policy_violation"), REFUSAL, NO),
        (error("insufficient_quota"), e.Exhausted, NO),
        (error("rate_limit_exceeded"), e.Throttled, NO),
        (error("server_error"), e.ProviderFailed, MAYBE),
        ({**error(None), "data": []}, e.ProviderFailed, MAYBE),
        ({"error": {"code": {"odd": 1}}}, e.ProviderFailed, MAYBE),
    ],
)
@pytest.mark.parametrize("partials", [0, 2])
async def test_an_error_that_says_200_means_what_its_code_says(
    body: dict[str, Any], kind: type, billed: bool, partials: int
) -> None:
    """Gateways pass an error on so. A refusal among them must not go on to a laxer host."""
    async with open_stand("openai") as stand:
        stand.play(Answer(200, body))
        task = dataclasses.replace(TASK, width=1024, height=1024, partials=partials)
        try:
            end = (await stand.run(task))[-1]
        except e.ProviderError as fault:
            end = fault

        assert (type(end), end.maybe_billed) == (kind, billed)
        assert stand.paid_calls == 1


@pytest.mark.parametrize(
    ("details", "message", "stage", "categories"),
    [
        ({"moderation_stage": "input", "categories": ["sexual"]}, "no", RefusalStage.INPUT, ("sexual",)),
        (
            {"moderation_stage": "output", "categories": ["Violence"]},
            "no",
            RefusalStage.OUTPUT,
            ("violence",),
        ),
        (
            {"moderation_stage": "tomorrow", "categories": ["new-word"]},
            "",
            RefusalStage.UNKNOWN,
            ("new-word",),
        ),
        (None, "safety_violations=[sexual, hate].", RefusalStage.UNKNOWN, ("sexual", "hate")),
        ({}, "safety_violations=[].", RefusalStage.UNKNOWN, ()),
    ],
)
async def test_a_refusal_keeps_what_it_says(
    details: Any, message: str, stage: RefusalStage, categories: tuple[str, ...]
) -> None:
    body = error(
        "moderation_blocked", message, **({} if details is None else {"moderation_details": details})
    )
    async with open_stand("openai") as stand:
        end = await end_of(stand, Answer(400, body))

    assert (end.stage, end.categories, end.maybe_billed) == (stage, categories, stage is RefusalStage.OUTPUT)


@pytest.mark.parametrize("name", sorted(ENGINES))
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, {"detail": "torch.OutOfMemoryError: CUDA out of memory."}, e.OutOfMemory),
        (503, {"error": "The request queue is full"}, e.QueueFull),
        (503, {"error": "model is loading"}, e.WarmingUp),
        (503, {"error": "EngineDeadError"}, e.ProviderFailed),
        (500, "", e.ProviderFailed),
        (400, {"detail": "Invalid size"}, e.Rejected),
    ],
)
async def test_the_words_of_engines(name: str, status: int, body: Any, kind: type) -> None:
    async with open_stand(name) as stand:
        end = await end_of(stand, Answer(status, body))

    assert type(end) is kind


POLICY = "Generation failed: content_policy_violation"


@pytest.mark.parametrize(
    ("name", "mode", "kind"),
    [
        # an error that names the policy is a refusal, in whatever words it comes
        ("bfl", flux_modes.Failed(POLICY), REFUSAL),
        ("replicate", flux_modes.Failed(POLICY), REFUSAL),
        ("replicate", flux_modes.Failed("NSFW content detected"), REFUSAL),
        ("runpod", flux_modes.Failed(POLICY), REFUSAL),
        (
            "fal",
            Answer(422, {"detail": [{"loc": ["body", "prompt"], "type": "content_policy_violation"}]}),
            REFUSAL,
        ),
        ("fal", Answer(422, {"detail": [{"loc": ["body", "prompt"], "type": "missing"}]}), e.Rejected),
        # fal's own troubles
        ("fal", Answer(504, {"detail": "no", "error_type": "request_timeout"}), e.ProviderFailed),
        ("fal", Answer(504, {"detail": "no", "error_type": "startup_timeout"}), e.ColdStart),
        ("fal", Answer(503, {"detail": "no", "error_type": "runner_scheduling_failure"}), e.QueueFull),
        ("fal", Answer(403, {"detail": "User is locked. Reason: Exhausted balance."}), e.Exhausted),
        # too many active tasks are told like too many requests
        ("bfl", Answer(429, {"detail": "You have exceeded the limit of 24 active tasks."}), e.Throttled),
        ("bfl", Answer(402, {"detail": "Insufficient credits"}), e.Exhausted),
        ("replicate", flux_modes.Failed("CUDA out of memory (E1001)"), e.OutOfMemory),
        ("replicate", flux_modes.Failed("Prediction interrupted; please retry"), e.ProviderFailed),
        ("runpod", flux_modes.Failed("CUDA out of memory"), e.OutOfMemory),
        ("runpod", flux_modes.Failed("startup_timeout: the engine did not come up"), e.ColdStart),
        ("runpod", Answer(404, {"error": "endpoint not found"}), e.Misconfigured),
    ],
)
async def test_the_words_of_hosts(name: str, mode: Fault, kind: type) -> None:
    async with open_stand(name) as stand:
        end = await end_of(stand, mode)

        assert type(end) is kind
        assert stand.paid_calls == 1


@pytest.mark.parametrize("name", [*sorted(TWINS), "openai"])
async def test_a_date_is_a_wait_too(name: str) -> None:
    headers = (("Retry-After", "Wed, 21 Oct 2099 07:28:00 GMT"),)
    async with open_stand(name) as stand:
        end = await end_of(stand, Answer(429, {}, headers=headers))

    assert type(end) is e.Throttled
    assert (end.retry_after or 0.0) > 86_400


@pytest.mark.parametrize(
    "mode", [openai_modes.StreamRefusal(partials=0), openai_modes.StreamRefusal(partials=1)]
)
async def test_a_refusal_in_a_stream_is_one_wherever_it_comes(mode: Fault) -> None:
    async with open_stand("openai") as stand:
        stand.play(mode)
        task = ImageTask(SafePrompt("an owl"), 1024, 1024, safety_identifier="x", partials=2)

        end = (await stand.run(task))[-1]

        assert isinstance(end, REFUSAL)
        assert end.categories == ("violence",)
        assert stand.paid_calls == 1


@pytest.mark.parametrize("name", ["openai", *sorted(ENGINES)])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_nobody_is_followed_to_another_address(name: str, status: int) -> None:
    """The same request there could be paid twice, and whoever listens would get the words."""
    async with open_stand(name) as stand, Elsewhere() as elsewhere:
        headers = (("Location", f"{elsewhere.origin}/v1/images/generations"),)

        end = await end_of(stand, Answer(status, {}, headers=headers))

        assert (type(end), end.maybe_billed) == (e.Misconfigured, False)
        assert elsewhere.requests == []
        assert stand.paid_calls == 1
