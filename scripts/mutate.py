"""`make mutate`: small faults put into the pipeline and the router one at a time, and those that no test notices.

    python -m scripts.mutate                     all subjects (an hour or two)
    python -m scripts.mutate bot/providers/circuit.py bot/pipeline/guard.py
    python -m scripts.mutate --most 40           a sample of each, which its seed repeats

Works on a copy of the last commit, in one process that forks for each mutant, so that libraries are imported once. One
run of the tests tells which of them pass through which line; a mutant is given those that pass through it, the fastest
first, until one fails or `--seconds` of tests have passed. The figures go into docs/mutation.md, where a judgement
once written stays with its survivor.
"""

import argparse
import ast
import dataclasses
import functools
import importlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import partial
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Final

import coverage
import pytest

from scripts.mutants import Mutant, mutants_of
from scripts.mutation_page import Found, Outcome, read_page, write_page

ROOT: Final = Path(__file__).resolve().parents[1]
_ROUTER: Final = (
    "attempt",
    "circuit",
    "decisions",
    "hedge",
    "order",
    "route",
    "route_run",
    "router",
    "shares",
    "standing",
    "turns",
)
_PAGE: Final = "docs/mutation.md"
_FOLDERS: Final = ("bot/pipeline",)
_TESTS: Final = (
    "tests/adapters/test_slack_left_behind.py",
    "tests/adapters/test_slack_parts.py",
    "tests/durability/test_erased.py",
    "tests/durability/test_left_behind.py",
    "tests/durability/test_paid_is_kept.py",
    "tests/moderation",
    "tests/pipeline",
    "tests/providers/test_attempt.py",
    "tests/providers/test_circuit.py",
    "tests/providers/test_circuit_recovers.py",
    "tests/providers/test_circuit_window.py",
    "tests/providers/test_decisions.py",
    "tests/providers/test_ends_of_several.py",
    "tests/providers/test_hedge.py",
    "tests/providers/test_hedge_accounts.py",
    "tests/providers/test_killed_server.py",
    "tests/providers/test_lora.py",
    "tests/providers/test_probes.py",
    "tests/providers/test_route.py",
    "tests/providers/test_route_order.py",
    "tests/providers/test_router.py",
    "tests/providers/test_router_live.py",
    "tests/providers/test_router_view.py",
    "tests/providers/test_standing.py",
    "tests/providers/test_turns.py",
    "tests/sanitizers/test_second_opinion.py",
    "tests/store/test_take_over.py",
    "tests/telemetry",
)
# What runs in a process of its own would not meet the mutant.
_KIND: Final = "not long and not postgres and not s3 and not process and not browser"
_QUICKLY: Final = (
    *("-x", "-q", "--tb=no", "--assert=plain"),
    *("-p", "no:cacheprovider", "-p", "no:unraisableexception", "-p", "no:threadexception"),
)
_NO_ANSWER: Final = {
    pytest.ExitCode.INTERNAL_ERROR,
    pytest.ExitCode.USAGE_ERROR,
    pytest.ExitCode.NO_TESTS_COLLECTED,
}
_OURS: Final = ("bot", "adapters", "tests", "scripts")
_START: Final = 12.0
"""Seconds that a fork may take for imports and collection on a busy machine, beyond its tests."""


@dataclasses.dataclass(frozen=True)
class Reach:
    """Which tests pass through which line.

    Attributes:
        tests: By file, then by line: ids of tests.
        seconds: How long each test took.
        modules: What the tests imported that is not ours.
    """

    tests: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]
    modules: list[str]

    def of(self, subject: str, lines: Iterable[int], most: float) -> list[list[str]]:
        """Batches of tests for these lines, or for the whole file if there are none; so many seconds of them each.

        First come the test files named after the subject, and the one that has most to say: collecting a file costs
        more than its tests.
        """
        by_line = self.tests.get(subject, {})
        found = {test for line in (lines or by_line) for test in by_line.get(line, ())}
        files = Counter(map(_file, found))
        near = {file for file in files if f"test_{Path(subject).stem}" in file}
        near |= {file for file, _ in files.most_common(1)}
        batches: list[list[str]] = [[], []]
        left = [most, most]
        for test in sorted(found, key=lambda test: (self.seconds[test], test)):
            batch = int(_file(test) not in near)
            if left[batch] > 0:
                batches[batch].append(test)
                left[batch] -= self.seconds[test]
        return [batch for batch in batches if batch]


def _file(test: str) -> str:
    return test.partition("::")[0]


class _Watch:
    """Pytest plugin: names each test to the coverage measurement, and times it."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._measured.switch_context(item.nodeid)
        began = time.perf_counter()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.perf_counter() - began
            self._measured.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed or report.skipped:
            self.failed.add(report.nodeid)


def _is_test(name: str) -> bool:
    return name.startswith("tests.") and name.rpartition(".")[2].startswith(("test_", "conftest"))


class _Only:
    """Pytest plugin: runs these tests, in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._place = {test: place for place, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self._place), key=self._order)

    def _order(self, item: pytest.Item) -> int:
        return self._place[item.nodeid]


class _Planted(SourceFileLoader):
    """Imports one of our modules with another text than the file's."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._text, self.path, "exec", dont_inherit=True)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None


def measure(subjects: Sequence[str], tests: Sequence[str], kept: Path | None) -> Reach:
    """One run of all tests, in a fork of its own; what an earlier run kept, if there is such a file."""
    with tempfile.TemporaryDirectory(prefix="measured-") as folder:
        told = kept or Path(folder) / "reach.json"
        if not told.exists() and _forked(lambda: _measured(subjects, tests, told), 1800) != 0:
            raise SystemExit("the tests could not be measured: run them by hand")
        found = json.loads(told.read_text())
    by_line = {
        file: {int(line): tests for line, tests in lines.items()} for file, lines in found["tests"].items()
    }
    return Reach(by_line, found["seconds"], found["modules"])


def _measured(subjects: Sequence[str], tests: Sequence[str], told: Path) -> int:
    measured = coverage.Coverage(data_file=None, include=list(subjects), config_file=False)
    watch = _Watch(measured)
    measured.start()
    code = pytest.main(["-q", "-p", "no:cacheprovider", "-m", _KIND, *tests], plugins=[watch])
    measured.stop()
    data = measured.get_data()
    reached = {
        subject: {
            line: sorted({*contexts} - {"", *watch.failed})
            for line, contexts in data.contexts_by_lineno(str(Path(subject).resolve())).items()
        }
        for subject in subjects
    }
    modules = [name for name in sys.modules if name != "__main__" and not _is_test(name)]
    for test in sorted(watch.failed):
        print(f"left out, since it does not pass here: {test}", flush=True)
    told.write_text(json.dumps({"tests": reached, "seconds": watch.seconds, "modules": modules}))
    return 0 if code in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED} else int(code)


def try_out(subject: str, mutant: Mutant, reach: Reach, most: float) -> Outcome:
    """What the tests that pass through the mutant say of it."""
    batches = reach.of(subject, mutant.lines, most)
    dependents(_name(subject))  # once, before the forks
    for tests in batches:
        code = _forked(
            partial(_with, subject, mutant, tests),
            _START + 3 * sum(reach.seconds[test] for test in tests),
            quiet=True,
        )
        if code in _NO_ANSWER:
            raise SystemExit(f"pytest did not get as far as the tests ({code}): {tests}")
        if code != 0:
            return Outcome.HUNG if code is None else Outcome.KILLED
    return Outcome.SURVIVED if batches else Outcome.UNREACHED


def _with(subject: str, mutant: Mutant, tests: Sequence[str]) -> int:
    """The tests' exit code where the subject is the mutant; for a process that is then over."""
    name = _name(subject)
    for changed in dependents(name):
        if sys.modules.pop(changed, None) is not None:
            package, _, last = changed.rpartition(".")
            vars(sys.modules.get(package, sys)).pop(last, None)
    sys.meta_path.insert(0, _Planted(name, str(Path(subject).resolve()), mutant.source))
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        files = sorted(set(map(_file, tests)))
        return int(pytest.main([*_QUICKLY, f"--basetemp={folder}/t", *files], plugins=[_Only(tests)]))


def _name(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@functools.cache
def _importers() -> dict[str, set[str]]:
    """Who imports a module of ours, by its name; also within functions."""
    found: dict[str, set[str]] = {}
    for file in (path for folder in _OURS for path in Path(folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_bytes())):
            match node:
                case ast.Import(names=names):
                    imported = [alias.name for alias in names]
                case ast.ImportFrom(module=str(module), names=names):
                    imported = [module, *(f"{module}.{alias.name}" for alias in names)]
                case _:
                    continue
            for name in imported:
                found.setdefault(name, set()).add(_name(str(file)))
    return found


@functools.cache
def dependents(name: str) -> frozenset[str]:
    """The module and all that import it, at whatever remove: what has to be imported anew when it changes."""
    found, new = set(), {name}
    while new:
        found |= new
        new = {importer for one in new for importer in _importers().get(one, ())} - found
    return frozenset(found)


def _forked(work: Callable[[], int], seconds: float, *, quiet: bool = False) -> int | None:
    """The exit code of the work in a child; nothing if it had to be stopped."""
    child = os.fork()
    if child == 0:
        os.setsid()
        if quiet and not os.environ.get("LOUD"):
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
        code = 70
        try:
            code = work()
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            sys.stdout.flush()
            os._exit(code)
    ended = select.poll()
    handle = os.pidfd_open(child)
    ended.register(handle, select.POLLIN)
    in_time = bool(ended.poll(seconds * 1000))
    os.close(handle)
    if not in_time:
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if in_time else None


def _last_commit(subject: str) -> str:
    command = ["git", "log", "-1", "--format=%h", "--abbrev=10", "--", subject]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def mutate(subject: str, commit: str, reach: Reach, choice: argparse.Namespace) -> Found:
    source = Path(subject).read_text()
    unchanged = Mutant("", frozenset(), "", "", source)
    if try_out(subject, unchanged, reach, 1.0) is Outcome.KILLED:
        raise SystemExit(f"{subject} as it is does not pass its tests in a fork")
    mutants = mutants_of(source)
    every = len(mutants)
    if 0 < choice.most < every:
        kept = sorted(random.Random(choice.seed).sample(range(every), choice.most))
        mutants = [mutants[index] for index in kept]
    earlier = read_page(ROOT / _PAGE, subject) if choice.again else None
    if earlier is not None:
        mutants = [mutant for mutant in mutants_of(source) if earlier.has(mutant)]
    began = time.monotonic()
    ends = [(mutant, try_out(subject, mutant, reach, choice.seconds)) for mutant in mutants]
    sample = f"{len(mutants)} of {every}, seed {choice.seed}" if len(mutants) < every else ""
    if earlier is not None:
        sample = earlier.sample
    found = Found(subject, commit, sample, ends, earlier.mutants - len(ends) if earlier else 0)
    print(f"{subject}: {found.told()}, {time.monotonic() - began:.0f} s", flush=True)
    for mutant, outcome in found.survivors:
        print(f"    {outcome.value} {mutant.where}: {mutant.was} -> {mutant.now}", flush=True)
    return found


def subjects_of(root: Path) -> list[str]:
    stages = [path for folder in _FOLDERS for path in sorted((root / folder).glob("*.py"))]
    router = [root / "bot/providers" / f"{name}.py" for name in _ROUTER]
    return [str(path.relative_to(root)) for path in [*stages, *router] if mutants_of(path.read_text())]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("subjects", nargs="*", metavar="FILE", help="all, if none is named")
    parser.add_argument("--most", type=int, default=0, help="mutants a file; 0 is all")
    parser.add_argument("--again", action="store_true", help="only those that survived the last time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=8.0, help="of tests a mutant, the fastest first")
    parser.add_argument("--tests", nargs="+", default=list(_TESTS), help="files of tests, if not all")
    parser.add_argument("--measured", type=Path, help="file that keeps which test runs which line")
    choice = parser.parse_args()
    every = subjects_of(ROOT)
    if unknown := set(choice.subjects) - set(every):
        parser.error(f"no subject: {', '.join(sorted(unknown))}; there are {', '.join(every)}")
    choice.measured = choice.measured and choice.measured.resolve()
    commits = {subject: _last_commit(subject) for subject in choice.subjects or every}
    with tempfile.TemporaryDirectory(prefix="mutants-") as copy:
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True)
        subprocess.run(["tar", "-x", "-C", copy], input=archive.stdout, check=True)
        os.chdir(copy)
        sys.path.insert(0, copy)
        sys.dont_write_bytecode = False  # the copy's own, so that a fork need not compile again
        os.environ["COVERAGE_CORE"] = "ctrace"
        reach = measure(choice.subjects or every, choice.tests, choice.measured)
        for name in reach.modules:
            try:
                importlib.import_module(name)
            except ImportError:
                continue
        for subject in choice.subjects or every:
            write_page(ROOT / _PAGE, mutate(subject, commits[subject], reach, choice))
    return 0


if __name__ == "__main__":
    sys.exit(main())
