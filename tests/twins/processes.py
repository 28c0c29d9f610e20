"""Child processes for tests: they die with the test runner, even when it is killed.

The kernel ties them to the THREAD that started them: call the starters from the main thread, not from a pool.
"""

import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def spawn(
    argv: Sequence[str], log: Path, *, uid: int | None = None, on_parent_death: str = "KILL"
) -> subprocess.Popen[bytes]:
    """Start a program with its output in `log`, as another user if `uid` is given (root only)."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [*privileges(uid), "--pdeathsig", on_parent_death, *argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
        )


def privileges(uid: int | None) -> list[str]:
    """The setpriv call that drops to `uid`."""
    if uid is None:
        return ["setpriv"]
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGKILL) -> None:
    """Signal and reap."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float = 30
) -> None:
    """Wait for a starting server.

    Raises:
        RuntimeError: it exited or took too long; the message ends with its log.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        if ready():
            return
        time.sleep(0.03)
    raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text(errors='replace')[-3000:]}")


def dies_with_its_runner(program: str) -> bool:
    """Kill the program that runs a server. It has to print the server's process and folder; the folder is removed.

    Returns:
        Whether the server is gone within ten seconds.
    """
    checkout = Path(__file__).resolve().parents[2]
    runner = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=checkout, text=True
    )
    assert runner.stdout
    pid, folder = runner.stdout.readline().split()
    runner.send_signal(signal.SIGKILL)
    runner.wait()
    runner.stdout.close()
    try:
        return _gone_soon(int(pid))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _gone_soon(pid: int) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def free_ports(count: int, twin_offset: int = 0) -> list[int]:
    """Ports that are free now, together with the port `twin_offset` above each."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 30_000)
        wanted = {port, port + twin_offset}
        if port not in found and all(_is_free(p) for p in wanted):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
