"""`make mutate`: mutants of the pipeline's and the router's core, by cosmic-ray, and those that no test noticed.

    python -m scripts.mutate                     all subjects (an hour or two)
    python -m scripts.mutate bot/providers/circuit.py --most 100

Works on a copy of the repository; survivors and what was thought of them are in docs/mutation.md.
"""

import argparse
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
COSMIC_RAY: Final = [str(ROOT / ".tools/uv/bin/uv"), "tool", "run", "--quiet", "cosmic-ray==8.7.0"]

SUBJECTS: Final[dict[str, str]] = {
    "bot/providers/circuit.py": "tests/providers/test_circuit.py tests/providers/test_circuit_window.py",
    "bot/providers/decisions.py": "tests/providers/test_router.py",
    "bot/providers/route.py": "tests/providers/test_router.py",
    "bot/providers/router.py": "tests/providers/test_router.py tests/providers/test_router_live.py",
    "bot/providers/route_run.py": "tests/providers/test_router.py tests/providers/test_router_live.py",
    "bot/providers/order.py": "tests/providers/test_route_order.py tests/providers/test_router.py",
    "bot/providers/standing.py": "tests/providers/test_router.py",
    "bot/providers/shares.py": "tests/providers/test_router.py",
    "bot/pipeline/journey.py": "tests/pipeline/test_journey.py",
    "bot/pipeline/generate.py": "tests/pipeline/test_journey.py tests/pipeline/test_studio.py",
    "bot/pipeline/judge.py": "tests/pipeline/test_journey.py tests/pipeline/test_adversarial_sanitizer.py",
    "bot/pipeline/inspect.py": "tests/pipeline/test_journey.py",
    "bot/pipeline/deliver.py": "tests/pipeline/test_journey.py",
}

_CONFIG: Final = """
[cosmic-ray]
module-path = "{subject}"
timeout = 60.0
excluded-modules = []
test-command = "{python} -m pytest -x -q -p no:cacheprovider {tests}"

[cosmic-ray.distributor]
name = "local"
"""
# Annotations such as `X | None` are no code that a test could notice.
_NO_CODE: Final = "core/ReplaceBinaryOperator_BitOr_"
_SURVIVORS: Final = (
    "SELECT m.operator_name, m.start_pos_row, w.diff FROM mutation_specs m "
    "JOIN work_results w ON w.job_id = m.job_id WHERE w.test_outcome = 'SURVIVED' ORDER BY m.start_pos_row"
)
_COUNT: Final = "SELECT test_outcome, count(*) FROM work_results GROUP BY test_outcome"


def mutate(subject: str, tests: str, most: int, seed: int) -> dict[str, object]:
    """Outcomes by their names, and the survivors as (operator, line, diff)."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        copy = Path(name)
        for part in ("bot", "adapters", "tests", "scripts", "deploy", "docs", "pyproject.toml"):
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy)
        config, session = copy / "mutants.toml", copy / "mutants.sqlite"
        # The copy stands before the installed one, since pytest puts its own folder first.
        config.write_text(_CONFIG.format(subject=subject, python=sys.executable, tests=tests))
        _cosmic_ray("init", str(config), str(session), folder=copy)
        _thin(session, most, seed)
        _cosmic_ray("exec", str(config), str(session), folder=copy)
        with closing(sqlite3.connect(session)) as database:
            outcomes = {str(key).rpartition(".")[2].lower(): n for key, n in database.execute(_COUNT)}
            survivors = [list(row) for row in database.execute(_SURVIVORS)]
    return {"subject": subject, "outcomes": outcomes, "survivors": survivors}


def _thin(session: Path, most: int, seed: int) -> None:
    """Leave out annotations, and of the rest keep at most so many, chosen by the seed."""
    with closing(sqlite3.connect(session)) as database, database:
        rows = database.execute("SELECT job_id, operator_name FROM mutation_specs").fetchall()
        kept = [job for job, operator in rows if not operator.startswith(_NO_CODE)]
        if 0 < most < len(kept):
            kept = random.Random(seed).sample(kept, most)
        dropped = [(job,) for job in {job for job, _ in rows} - set(kept)]
        database.executemany("DELETE FROM mutation_specs WHERE job_id = ?", dropped)
        database.executemany("DELETE FROM work_items WHERE job_id = ?", dropped)


def _cosmic_ray(*arguments: str, folder: Path) -> None:
    subprocess.run([*COSMIC_RAY, *arguments], cwd=folder, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("subjects", nargs="*", default=list(SUBJECTS), choices=[*SUBJECTS, []])
    parser.add_argument("--most", type=int, default=0, help="mutants a subject; 0 is all")
    parser.add_argument("--seed", type=int, default=1)
    choice = parser.parse_args()
    for subject in choice.subjects:
        result = mutate(subject, SUBJECTS[subject], choice.most, choice.seed)
        print(json.dumps({key: value for key, value in result.items() if key != "survivors"}), flush=True)
        for operator, line, diff in result["survivors"]:  # type: ignore[attr-defined]
            print(f"--- {subject}:{line} {operator}\n{diff}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
