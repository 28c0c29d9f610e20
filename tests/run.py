"""`make test`: all tests on two workers, with branch coverage of bot/ and its floor."""

import os
import subprocess
import sys

FLOOR = 95


def main() -> int:
    environment = {**os.environ, "COVERAGE_CORE": "ctrace"}
    python = sys.executable
    subprocess.run([python, "-m", "coverage", "erase"], check=True, env=environment)
    workers = os.environ.get("TEST_WORKERS", "2")
    command = [python, "-m", "coverage", "run", "-m", "pytest", "-n", workers, "--dist", "loadgroup"]
    tests = subprocess.run([*command, *sys.argv[1:]], check=False, env=environment)
    subprocess.run([python, "-m", "coverage", "combine", "-q"], check=False, env=environment)
    report = [python, "-m", "coverage", "report", f"--fail-under={FLOOR}"]
    coverage = subprocess.run(report, check=False, env=environment)
    return tests.returncode or (0 if len(sys.argv) > 1 else coverage.returncode)


if __name__ == "__main__":
    sys.exit(main())
