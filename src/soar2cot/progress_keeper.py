"""Who keeps a progress file: one process at a time writes it, and of a shared ledger one run directory."""

from __future__ import annotations

import fcntl
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from soar2cot import atomic
from soar2cot.errors import StorageError
from soar2cot.ledger.base import Ledger

PATIENCE_S = 5.0  # a tracker replaces its file in milliseconds; a run keeps it to its end
PAUSE_S = 0.002

_HOME = "home of progress.json"


@contextmanager
def kept_alone(path: Path) -> Generator[bool]:
    """Whether this process may write the progress file: one at a time may, the others leave it alone.

    Raises: StorageError: nothing can be written beside it.
    Crash:  the kernel gives the lock back.
    """
    with _lock_file(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _lock_file(path: Path) -> IO[str]:
    with atomic.explaining(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f".{path.name}.lock").open("a")


@contextmanager
def held(path: Path) -> Generator[None]:
    """Writes of several trackers on one file, one after the other.

    Raises: StorageError: a run keeps the file.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        with kept_alone(path) as alone:
            if alone:
                yield
                return
        if time.monotonic() > until:
            raise StorageError(f"{path} is kept by a run that goes on, nothing was changed; let that end first")
        time.sleep(PAUSE_S)


async def is_home(path: Path, ledger: Ledger) -> bool:
    """Whether this directory is the one whose progress.json is the ledger's face: the first that was started on it.

    A ledger on a server may be worked on from many directories. Only in one of them does a missing entry mean that
    somebody removed it.
    """
    sign = path.with_name(f".{path.name}.home")
    if not sign.exists():
        atomic.write_bytes(sign, uuid.uuid4().hex.encode())
    mine = sign.read_text()
    return await ledger.first_meta(_HOME, mine) == mine
