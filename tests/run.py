"""`make test`: all tests but the long ones on two workers, with branch coverage of bot/ and its floor.

A few failures are run once more, alone: real processes, databases and a browser on a busy machine can miss a deadline
that has nothing to do with the code. What fails twice has failed; what passes then is named as unsteady.
"""

import json
import os
import pathlib
import subprocess
import sys

FLOOR = 95
_FEW = 12
_LAST_FAILED = pathlib.Path(".pytest_cache/v/cache/lastfailed")


def main() -> int:
    environment = {**os.environ, "COVERAGE_CORE": "ctrace"}
    python = sys.executable
    subprocess.run([python, "-m", "coverage", "erase"], check=True, env=environment)
    workers = os.environ.get("TEST_WORKERS", "2")
    command = [
        python,
        "-m",
        "coverage",
        "run",
        "-m",
        "pytest",
        "--cache-clear",
        "-n",
        workers,
        "--dist",
        "loadgroup",
    ]
    chosen = sys.argv[1:] or ["-m", "not long"]
    failed = subprocess.run([*command, *chosen], check=False, env=environment).returncode
    if failed == 1 and (unsteady := _last_failed()):
        print(f"Once more, alone: {', '.join(unsteady)}", flush=True)
        alone = [python, "-m", "coverage", "run", "-m", "pytest", *unsteady]
        failed = subprocess.run(alone, check=False, env=environment).returncode
    subprocess.run([python, "-m", "coverage", "combine", "-q"], check=False, env=environment)
    report = [python, "-m", "coverage", "report", f"--fail-under={FLOOR}"]
    coverage = subprocess.run(report, check=False, env=environment)
    return failed or (0 if len(sys.argv) > 1 else coverage.returncode)


def _last_failed() -> list[str]:
    """The tests that failed, if they are few."""
    failed = list(json.loads(_LAST_FAILED.read_text())) if _LAST_FAILED.exists() else []
    return failed if len(failed) <= _FEW else []


if __name__ == "__main__":
    sys.exit(main())
