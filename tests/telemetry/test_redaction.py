import json
import logging

import pytest
import structlog

from bot.telemetry.logs import set_up_logs
from bot.telemetry.redaction import redact

SECRETS = [
    "sk-proj-abcdefghijklmnop",
    "sk-pr***********9x",
    "xoxb-123456789012-abcdef",
    "xapp-1-A012345-6789",
    "r8_abcdefghijklmnopqrst",
    "org-AbCdEf123456",
    "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_credentials_are_hidden_wherever_they_stand(secret: str) -> None:
    assert secret not in redact(f"the server said: key {secret} is wrong")


def test_a_bearer_token_is_hidden() -> None:
    assert "abcdefghijklmnop1234" not in redact("Authorization: Bearer abcdefghijklmnop1234")


def test_ordinary_words_stay() -> None:
    text = "job abcdefghijklmnop took 3.2 s at gpt-image-2, task-force ready"

    assert redact(text) == text


@pytest.fixture
def restored_logging() -> object:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("restored_logging")
def test_json_logs_carry_the_job_and_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json", "info")
    with structlog.contextvars.bound_contextvars(job_id="abc"):
        structlog.get_logger("x").warning(
            "it failed", prompt="a brass owl", detail="key sk-proj-abcdefgh1234"
        )
        logging.getLogger("some.library").error("Bearer abcdefghijklmnop1234")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert lines[0]["job_id"] == "abc"
    assert lines[0]["prompt"] == "[hidden]"
    assert "sk-proj" not in lines[0]["detail"]
    assert "abcdefghijklmnop1234" not in lines[1]["event"]


@pytest.mark.usefixtures("restored_logging")
@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_traceback_shows_no_secret_either(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(log_format, "info")
    problem = "Illegal header value: sk-proj-abcdefgh1234"
    try:
        raise ValueError(problem)
    except ValueError:
        structlog.get_logger("x").exception("it crashed")
        logging.getLogger("some.library").exception("so did this")

    err = capsys.readouterr().err
    assert err.count("Illegal header value") == 2
    assert "sk-proj" not in err


@pytest.mark.usefixtures("restored_logging")
def test_console_logs_are_readable(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("console", "WARNING")
    structlog.get_logger("x").info("not shown")
    structlog.get_logger("x").warning("shown", count=3)

    err = capsys.readouterr().err
    assert "shown" in err
    assert "count=3" in err
    assert "not shown" not in err
