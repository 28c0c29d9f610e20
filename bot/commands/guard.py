"""`imagine-bot guard`: the dry run from the terminal, one prompt or a file."""

import asyncio
import dataclasses
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from bot.clock import SystemClock
from bot.domain.errors import BadArgument
from bot.domain.policy import BlockedTerm, Policy
from bot.guardrails.presets import default_policy
from bot.guardrails.rule_files import import_rules
from bot.guardrails.rule_texts import BadValue
from bot.outside import open_database, open_text_models
from bot.pipeline.dry_run import DryRun, dry_run
from bot.pipeline.judge import Judge
from bot.sanitizers.rules import RuleSanitizer
from bot.settings import Settings, load_settings
from bot.telemetry.logs import set_up_logs

_AT_ONCE: Final = 16
TENANT: Final = "cli"


async def guard_prompts(
    prompt: str | None,
    file: Path | None,
    terms: Sequence[str] | None,
    *,
    local: bool,
    as_json: bool,
    tenant: str | None = None,
    policy_file: Path | None = None,
) -> int:
    """Judge a prompt, or each line of a file in order. Returns 0: a refusal is an answer, not an error.

    The rules are those of the policy file, else the stored ones of `tenant`, else the default; `terms` replace their
    block list.
    """
    settings = load_settings()
    set_up_logs(settings.logs.log_format, "ERROR")
    prompts = [prompt] if prompt is not None else await asyncio.to_thread(read_prompts, file or Path())
    policy = await policy_of(settings, terms, tenant, policy_file)
    async with _judge(settings, local=local) as judge:
        async for result in _judged(prompts, policy, judge):
            if file is not None:
                print(json.dumps(brief(result), ensure_ascii=False))
            elif as_json:
                print(json.dumps({**brief(result), "layers": _layers(result)}, ensure_ascii=False, indent=2))
            else:
                print(_readable(result))
    return 0


def read_prompts(file: Path) -> list[str]:
    """One prompt a line, or the `prompt` field of each line of a `.jsonl` file.

    Raises:
        BadArgument: the file cannot be read or has a line that is none.
    """
    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadArgument(f"{file} cannot be read", "Give a text file in UTF-8.") from problem
    lines = [line.removesuffix("\r") for line in lines]
    if lines and not lines[-1]:
        lines.pop()
    if file.suffix != ".jsonl":
        return lines
    try:
        return [str(json.loads(line)["prompt"]) for line in lines if line.strip()]
    except (ValueError, KeyError, TypeError) as problem:
        raise BadArgument(
            f"{file} has a line without a prompt",
            'Each line is a JSON object such as {"prompt": "a brass owl"}.',
        ) from problem


def brief(result: DryRun) -> dict[str, Any]:
    """The public line of one prompt."""
    return {
        "prompt": result.words,
        "decision": result.decision,
        "decided_by": result.decided_by,
        "reason_code": result.reason_code,
        "hits": [{"term": hit.term, "match": str(hit.match)} for hit in result.hits],
        "seconds": round(result.seconds, 6),
    }


async def _judged(prompts: Sequence[str], policy: Policy, judge: Judge | None) -> AsyncIterator[DryRun]:
    """Results in the prompts' order, a few model calls at a time."""
    for start in range(0, len(prompts), _AT_ONCE):
        batch = prompts[start : start + _AT_ONCE]
        if judge is None:
            for words in batch:
                yield await dry_run(words, policy, None)
        else:
            for result in await asyncio.gather(*(dry_run(words, policy, judge) for words in batch)):
                yield result


async def policy_of(
    settings: Settings, terms: Sequence[str] | None, tenant: str | None, policy_file: Path | None
) -> Policy:
    """The rules that a dry run goes by; see `guard_prompts`."""
    policy = await _stored(settings, tenant) if tenant else default_policy(TENANT)
    if policy_file is not None:
        policy = await asyncio.to_thread(_from_file, policy_file, policy)
    if terms:
        blocked = tuple(BlockedTerm(term, "phrase" if " " in term else "word") for term in terms)
        return dataclasses.replace(policy, content=dataclasses.replace(policy.content, blocked_terms=blocked))
    return policy


async def _stored(settings: Settings, tenant: str) -> Policy:
    """The community's rules as they are in the database.

    Raises:
        ConfigurationError: the database cannot be used.
    """
    store = await open_database(settings, SystemClock(), tries=1)
    try:
        policy = await store.policies.policy(tenant)
        if not policy.version:
            print(f"{tenant} has no rules of its own; these are the default ones.", file=sys.stderr)
        return policy
    finally:
        await store.aclose()


def _from_file(file: Path, onto: Policy) -> Policy:
    try:
        return import_rules(file.read_text("utf-8"), onto)
    except (OSError, UnicodeDecodeError) as problem:
        raise BadArgument(f"{file} cannot be read", "Give a TOML file in UTF-8.") from problem
    except BadValue as problem:
        raise BadArgument(
            f"{file} is no policy: {problem.expected}", "Export one with /guardrails export to see the form."
        ) from None


@asynccontextmanager
async def _judge(settings: Settings, *, local: bool) -> AsyncIterator[Judge | None]:
    if local:
        yield None
        return
    clock = SystemClock()
    async with open_text_models(settings, clock) as (sanitizer, moderator):
        yield Judge(sanitizer, moderator, RuleSanitizer(), clock)


def _layers(result: DryRun) -> list[dict[str, Any]]:
    return [
        {"layer": layer.name.value, "says": layer.says, "reason": layer.reason, "scores": dict(layer.scores)}
        for layer in result.layers
    ]


def _readable(result: DryRun) -> str:
    lines = [
        f"{result.decision}"
        + (f" (by {result.decided_by}: {result.reason_code})" if result.decided_by else "")
    ]
    lines += [f"  {layer.name:<12} {layer.says:<8} {layer.reason}".rstrip() for layer in result.layers]
    lines += [f"  term {hit.term!r}: {hit.match} match" for hit in result.hits]
    if result.safe_prompt:
        lines.append(f"  would draw: {result.safe_prompt}")
    if result.suggestion:
        lines.append(f"  suggests: {result.suggestion}")
    return "\n".join(lines)
