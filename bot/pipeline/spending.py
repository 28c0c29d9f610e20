"""What a request will probably cost, and whether a second paid try of a job fits into its community's budgets."""

from bot.domain.images import ImageTask, MediaType, ReferenceImage, SafePrompt
from bot.domain.limits import LimitKind
from bot.domain.lora import lora_of
from bot.domain.money import MicroUSD
from bot.domain.policy import Policy
from bot.domain.requests import ImagineRequest
from bot.guardrails.quotas import limits_for
from bot.pipeline.run import Parts, Run
from bot.pipeline.sizes import wished_size


def expected_price(parts: Parts, request: ImagineRequest, policy: Policy) -> MicroUSD | None:
    """Micro-dollars that the model that would serve now takes, references included; None if unknown."""
    options = request.options
    width, height = wished_size(request, policy.access)
    references = tuple(ReferenceImage(b"", MediaType.PNG, item.role) for item in request.references)
    task = ImageTask(
        SafePrompt(""),
        width,
        height,
        options.count,
        options.quality,
        references=references,
        lora=lora_of(policy.presentation.lora, request.requester.tenant),
    )
    return parts.router.estimate(task, model=options.model, order=policy.recovery.route_order)


async def has_room_for_another(run: Run) -> bool:
    """Whether the budgets hold one more such picture beside what is used and reserved, this job's first try included.

    Raises:
        StorageError: the ledger did not answer.
    """
    request, policy = run.job.request, run.policy
    rows = limits_for(
        request.requester,
        policy.limits,
        pictures=0,
        price=expected_price(run.parts, request, policy),
        now=run.parts.clock.now(),
    )
    budgets = [row for row in rows if row.kind is LimitKind.BUDGET]
    scopes = sorted({row.scope for row in budgets})
    usage = await run.until_stored(lambda: run.parts.jobs.usage(scopes))
    taken = {(one.scope, one.window): one.used + one.held for one in usage}
    return all(taken.get((row.scope, row.window), 0) + row.amount <= row.cap for row in budgets)
