"""The switches for the C library's memory can be used anywhere, and work where there is a glibc."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = """
import threading
from bot.memory import few_arenas, give_back
few_arenas()
kept = []
def fill():
    kept.append([bytes(1000) for _ in range(1000)])
threads = [threading.Thread(target=fill) for _ in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
give_back()
import ctypes
info = ctypes.CDLL(None)
info.malloc_stats()
"""


def test_threads_share_one_heap() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert "Arena 0" in done.stderr
    assert "Arena 1" not in done.stderr
