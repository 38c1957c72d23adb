"""Files that are whole or absent: written beside their place, synced, renamed."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from soar2cot import faults
from soar2cot.errors import StorageError


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Gives a path beside `path` to write to; on a clean exit it takes the name, durably.

    Where `path` is a link, what it leads to is replaced, and the link stays.

    Crash: `path` is the old file or the new one, never a mixture; what was half written stays behind as
    `.NAME.PID.tmp` until the next `replacing` of the same name sweeps it.
    Raises: OSError: the disk is full or read-only; `path` is as it was.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        faults.point("atomic.before_write")
        yield draft
        _sync(draft)
        faults.point("atomic.before_rename")
        draft.replace(path)
        faults.point("atomic.after_rename")
        sync_directory(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def write_bytes(path: Path, *chunks: bytes) -> None:
    """Replaces the file at `path` by the chunks, atomically and durably.

    Raises: StorageError: the disk is full or read-only; the file is as it was.
    """
    with explaining(path), replacing(path) as draft, draft.open("wb") as file:
        file.writelines(chunks)


@contextmanager
def explaining(path: Path) -> Generator[None]:
    """Turns what the system says while `path` is written into a StorageError with the way out."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{path} could not be written: {error.strerror}; nothing is lost, what stood there is whole. "
            "Make room or give write permission, then run the same command again"
        ) from error


def sync_directory(path: Path) -> None:
    """Makes a rename or a new name in this directory survive a power cut."""
    _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(path: Path) -> None:
    """Removes the drafts of processes that are gone."""
    for draft in path.parent.glob(f".{path.name}.*.tmp"):
        pid = draft.name.removesuffix(".tmp").rpartition(".")[2]
        if pid.isdigit() and not is_alive(int(pid)):
            draft.unlink(missing_ok=True)


def is_alive(pid: int) -> bool:
    """Whether a process of this number exists on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
