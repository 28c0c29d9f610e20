"""`make test`: all tests but the long ones on some workers, with branch coverage of bot/ and its floor.

What costs time without proving anything is left out: the tests' folders lie in memory where there is room, since the
bot waits for the disk at every commit; and compiled modules are kept, for all the processes that are started.

A few failures are run once more, alone: real processes, databases and a browser on a busy machine can miss a deadline
that has nothing to do with the code. What fails twice has failed; what passes then is named as unsteady.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator

FLOOR = 95
_MEMORY = pathlib.Path("/dev/shm")
_ROOM = 2 * 1024**3
_FEW = 12
_LAST_FAILED = pathlib.Path(".pytest_cache/v/cache/lastfailed")


def main() -> int:
    chosen = sys.argv[1:]
    # Among the tests of `make test` some worker always waits for a timer or a process; the long ones are load enough.
    workers = os.environ.get("TEST_WORKERS") or ("2" if chosen else str(min(os.cpu_count() or 2, 5) + 1))
    environment = {**os.environ, "COVERAGE_CORE": "ctrace"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "erase"], check=True, env=environment)
    with _quick_folder() as options:
        pytest = [*coverage, "run", "-m", "pytest", *options]
        together = ["--cache-clear", "-n", workers, "--dist", "loadgroup"]
        command = [*pytest, *together, *(chosen or ["-m", "not long"])]
        failed = subprocess.run(command, check=False, env=environment).returncode
        if failed == 1 and (unsteady := _last_failed()):
            print(f"Once more, alone: {', '.join(unsteady)}", flush=True)
            failed = subprocess.run([*pytest, *unsteady], check=False, env=environment).returncode
    subprocess.run([*coverage, "combine", "-q"], check=False, env=environment)
    floor = 0 if chosen else FLOOR  # some tests alone cover what they are about
    report = subprocess.run([*coverage, "report", f"--fail-under={floor}"], check=False, env=environment)
    return failed or report.returncode


@contextlib.contextmanager
def _quick_folder() -> Iterator[list[str]]:
    """Options of pytest for temporary folders in memory; none where there is too little of it or no program may run."""
    if not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK):
        yield []
        return
    forbidden = os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
    if forbidden or shutil.disk_usage(_MEMORY).free < _ROOM:
        yield []
        return
    with tempfile.TemporaryDirectory(
        prefix="imagine-bot-tests-", dir=_MEMORY, ignore_cleanup_errors=True
    ) as name:
        yield [f"--basetemp={name}/pytest"]


def _last_failed() -> list[str]:
    """The tests that failed, if they are few."""
    failed = list(json.loads(_LAST_FAILED.read_text())) if _LAST_FAILED.exists() else []
    return failed if len(failed) <= _FEW else []


if __name__ == "__main__":
    sys.exit(main())
