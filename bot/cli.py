"""The command line: `imagine-bot run | imagine | guard | doctor | costs | person | migrate`.

Exit codes of `imagine`: 0 delivered, 2 bad usage, 3 refused, 4 failed. What was given and cannot be used, such as a file
of another kind, ends any command with one readable line and 2; configuration that cannot work with 78 (EX_CONFIG), a line
for each setting; a database or an image store that is away with 75 (EX_TEMPFAIL).
"""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final

import click

from bot.domain.errors import BadArgument, ConfigurationError, StorageError
from bot.memory import few_arenas, give_back, set_aside

EXIT_CONFIG: Final = 78
EXIT_AWAY: Final = 75
"""Worth another try: systemd restarts the bot after it, and not after `EXIT_CONFIG`."""
EXIT_FAILED: Final = 4
EXIT_USAGE: Final = 2

_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_WORDS: Final = {"ignore_unknown_options": True}
"""Flags such as --ar are words of the prompt, with quotes around it or without."""
_TENANT: Final = "Use the stored policy of this community, e.g. discord:4711."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="imagine-bot")
def app() -> None:
    """Type /imagine in Discord or Slack and get the picture in the same conversation."""


@app.command(short_help="Serve the playground and every chat with a token.")
def run() -> None:
    """Serve the playground and every chat whose token is set; SIGTERM drains."""
    few_arenas()
    sys.exit(_execute(_run()))


@app.command(short_help="Draw PROMPT, through the whole pipeline.", context_settings=_WORDS)
@click.argument("prompt", nargs=-1, required=True)
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Write the picture here.")
@click.option("--json", "as_json", is_flag=True, help="Print the job as JSON.")
def imagine(prompt: tuple[str, ...], output: Path | None, as_json: bool) -> None:
    """Send PROMPT through the whole pipeline; flags such as --ar 16:9 go into its text.

    Exit codes: 0 delivered, 2 bad usage, 3 refused, 4 failed.
    """
    from bot.commands.imagine import imagine_once

    if output is not None and output.exists():
        if output.is_dir() or not os.access(output, os.W_OK):
            raise click.UsageError(f"{output} is no file that can be written; nothing was drawn.")
    elif output is not None and not os.access(output.absolute().parent, os.W_OK):
        raise click.UsageError(f"Cannot write to the folder of {output}; nothing was drawn.")
    sys.exit(_execute(imagine_once(" ".join(prompt), output, as_json=as_json), away=EXIT_FAILED))


@app.command(short_help="Dry run: what each guardrail layer decides on words.", context_settings=_WORDS)
@click.argument("prompt", nargs=-1)
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="One prompt a line, or JSON Lines with a `prompt` field if it ends in .jsonl.",
)
@click.option("--term", multiple=True, help="Use these block-list terms instead of the stored policy.")
@click.option("--local", is_flag=True, help="Leave the model layers out.")
@click.option("--tenant", help=_TENANT)
@click.option(
    "--policy",
    type=click.Path(path_type=Path),
    help="Use the policy in this TOML file, as /guardrails exports it.",
)
@_JSON
def guard(
    prompt: tuple[str, ...],
    file: Path | None,
    term: tuple[str, ...],
    local: bool,
    tenant: str | None,
    policy: Path | None,
    as_json: bool,
) -> None:
    """Dry run of the guardrails: what each layer decides and why; nothing is generated."""
    from bot.commands.guard import guard_prompts

    if (not prompt) == (file is None):
        raise click.UsageError("Give a prompt or --file, one of the two.")
    words = " ".join(prompt) if prompt else None
    terms = list(term) or None
    work = guard_prompts(words, file, terms, local=local, as_json=as_json, tenant=tenant, policy_file=policy)
    sys.exit(_execute(work))


@app.command("guard-picture", short_help="Dry run: what the checks say about a picture.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unfiltered", is_flag=True, help="As from a host without a filter of its own.")
@click.option("--tenant", help=_TENANT)
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Use the policy in this TOML file, as /guardrails exports it.",
)
@_JSON
def guard_picture(
    file: Path, unfiltered: bool, tenant: str | None, policy: Path | None, as_json: bool
) -> None:
    """Dry run of the checks of finished pictures: what each one says about FILE; nothing is published."""
    from bot.commands.guard_picture import guard_picture_file

    work = guard_picture_file(file, unfiltered=unfiltered, tenant=tenant, policy_file=policy, as_json=as_json)
    sys.exit(_execute(work))


@app.command(short_help="Check settings, keys, models, store and database.")
@_JSON
def doctor(as_json: bool) -> None:
    """Check settings, credentials, models, store and database; one line each with the remedy."""
    from bot.commands.doctor import examine

    sys.exit(_execute(examine(as_json=as_json)))


@app.command(short_help="Spend by month, community and model.")
@click.option("--month", help="Only this month, e.g. 2026-11.")
@click.option("--tenant", help="Only this community, e.g. discord:4711.")
@_JSON
def costs(month: str | None, tenant: str | None, as_json: bool) -> None:
    """Spend by month, community and model, and what the other routes would have cost."""
    from bot.commands.costs import report

    sys.exit(_execute(report(month, tenant, as_json=as_json)))


@app.group()
def person() -> None:
    """See or erase what is stored about a person."""


@person.command("export")
@click.argument("platform")
@click.argument("user_id")
def export_person(platform: str, user_id: str) -> None:
    """Print everything about a person as JSON.

    PLATFORM is discord, slack, playground or cli; for example: imagine-bot person export discord 1234
    """
    from bot.commands.person import export

    sys.exit(_execute(export(platform, user_id)))


@person.command("erase")
@click.argument("platform")
@click.argument("user_id")
@click.option("--yes", is_flag=True, help="Do it; it cannot be undone.")
def erase_person(platform: str, user_id: str, yes: bool) -> None:
    """Erase a person's requests, words and pictures for good.

    PLATFORM is discord, slack, playground or cli; for example: imagine-bot person erase discord 1234 --yes
    """
    from bot.commands.person import erase

    sys.exit(_execute(erase(platform, user_id, sure=yes)))


@app.command(short_help="Bring the database to the newest schema.")
def migrate() -> None:
    """Bring the database to the newest schema (also done at every start)."""
    from bot.commands.migrate import migrate_now

    sys.exit(_execute(migrate_now()))


def main() -> None:
    """Entry point of the console script."""
    app()


async def _run() -> int:
    from bot.app import open_application, running
    from bot.settings import at_port, load_settings
    from bot.telemetry.logs import set_up_logs
    from bot.telemetry.traces import set_up_traces
    from bot.web.plane import listen

    settings = load_settings()
    set_up_logs(settings.logs.log_format, settings.logs.log_level)
    flush_traces = set_up_traces(settings.logs.otel_exporter_otlp_endpoint)
    listener = listen(settings.http.http_host, settings.http.http_port)
    settings = at_port(settings, listener.getsockname()[1])
    stop = _Stop()
    try:
        async with open_application(settings) as application, running(application, listener):
            stop.may_be_waited_for()
            set_aside()
            give_back()
            print(f"listening on {settings.http.http_host}:{settings.http.http_port}", flush=True)
            print(f"imagine-bot is running: {settings.http.base_url}", flush=True)
            await stop.asked.wait()
            print("stopping: finishing what is running", flush=True)
    except asyncio.CancelledError:
        if not stop.asked.is_set():
            raise
        print("stopped before it was up", flush=True)
    flush_traces()
    return 0


class _Stop:
    """SIGTERM and Ctrl-C. What is still starting, and may wait for its database for minutes, is cut short by them."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self._starting = asyncio.current_task()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, self._ask)

    def may_be_waited_for(self) -> None:
        """Everything is up: from now on it drains."""
        self._starting = None

    def _ask(self) -> None:
        self.asked.set()
        if self._starting is not None:
            self._starting.cancel()


def _execute(work: Coroutine[Any, Any, int], *, away: int = EXIT_AWAY) -> int:
    """Run a command and return its exit code; `away` is that for a service that does not answer in the middle."""
    try:
        return asyncio.run(work)
    except ConfigurationError as fault:
        for one in fault.each:
            print(f"imagine-bot: {one}", file=sys.stderr)
        sys.exit(EXIT_AWAY if fault.passing else EXIT_CONFIG)
    except StorageError as fault:
        again = " Try again in a moment." if fault.retryable else ""
        print(
            f"imagine-bot: the database or the image store did not do it ({fault}).{again} "
            "`imagine-bot doctor` tells more.",
            file=sys.stderr,
        )
        sys.exit(away)
    except BadArgument as fault:
        print(f"imagine-bot: {fault}", file=sys.stderr)
        sys.exit(EXIT_USAGE)
    except KeyboardInterrupt:
        sys.exit(130)
