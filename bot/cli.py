"""The command line: `imagine-bot run | imagine | guard | doctor | costs | person | migrate`.

Exit codes of `imagine`: 0 delivered, 2 bad usage, 3 refused, 4 failed. Configuration that cannot work ends any
command with one readable line and 78 (EX_CONFIG).
"""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bot.domain.errors import ConfigurationError
from bot.memory import few_arenas, give_back

EXIT_CONFIG: Final = 78

app = typer.Typer(
    name="imagine-bot",
    help="Type /imagine in Discord or Slack and get the picture in the same conversation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def run() -> None:
    """Serve the playground and every chat whose token is set; SIGTERM drains."""
    few_arenas()
    _execute(_run())


@app.command()
def imagine(
    prompt: Annotated[str, typer.Argument(help="What to draw, with flags such as --ar 16:9 in the text.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the picture here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the job as JSON.")] = False,
) -> None:
    """One request through the whole pipeline."""
    from bot.commands.imagine import imagine_once

    raise typer.Exit(_execute(imagine_once(prompt, output, as_json=as_json)))


@app.command()
def guard(
    prompt: Annotated[str | None, typer.Argument(help="The prompt to judge.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="One prompt a line, or .jsonl with a `prompt` field.")
    ] = None,
    term: Annotated[
        list[str] | None,
        typer.Option("--term", help="Use these block-list terms instead of the stored policy."),
    ] = None,
    local: Annotated[bool, typer.Option("--local", help="Leave the model layers out.")] = False,
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", help="Use the stored policy of this community, e.g. discord:4711."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", help="Use the policy in this TOML file, as /guardrails exports it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Dry run of the guardrails: what each layer decides and why; nothing is generated."""
    from bot.commands.guard import guard_prompts

    if (prompt is None) == (file is None):
        raise typer.BadParameter("give a prompt or --file, one of the two")
    raise typer.Exit(
        _execute(
            guard_prompts(prompt, file, term, local=local, as_json=as_json, tenant=tenant, policy_file=policy)
        )
    )


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check settings, credentials, models, store and database; one line each with the remedy."""
    from bot.commands.doctor import examine

    raise typer.Exit(_execute(examine(as_json=as_json)))


@app.command()
def costs(
    month: Annotated[str | None, typer.Option(help="Only this month, e.g. 2026-11.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Only this community, e.g. discord:4711.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Spend by provider, community and month, and what the other routes would have cost."""
    from bot.commands.costs import report

    raise typer.Exit(_execute(report(month, tenant, as_json=as_json)))


person = typer.Typer(help="See or erase what is stored about a person.", no_args_is_help=True)
app.add_typer(person, name="person")


@person.command("export")
def export_person(platform: str, user_id: str) -> None:
    """Everything about a person as JSON, e.g. `imagine-bot person export discord 1234`."""
    from bot.commands.person import export

    raise typer.Exit(_execute(export(platform, user_id)))


@person.command("erase")
def erase_person(
    platform: str,
    user_id: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; it cannot be undone.")] = False,
) -> None:
    """Erase a person's requests, words and pictures for good."""
    from bot.commands.person import erase

    raise typer.Exit(_execute(erase(platform, user_id, sure=yes)))


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema (also done at every start)."""
    from bot.commands.migrate import migrate_now

    raise typer.Exit(_execute(migrate_now()))


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
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with open_application(settings) as application, running(application, listener):
        give_back()
        print(f"listening on {settings.http.http_host}:{settings.http.http_port}", flush=True)
        print(f"imagine-bot is running: {settings.http.base_url}", flush=True)
        await stop.wait()
        print("stopping: finishing what is running", flush=True)
    flush_traces()
    return 0


def _execute(work: Coroutine[Any, Any, int]) -> int:
    try:
        return asyncio.run(work)
    except ConfigurationError as fault:
        print(f"imagine-bot: {fault}", file=sys.stderr)
        raise typer.Exit(EXIT_CONFIG) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
