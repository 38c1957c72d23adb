"""A folder that is replaced whole: written beside its place, then swapped in one step where the system can."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from soar2cot import faults
from soar2cot.atomic import is_alive, sync_directory
from soar2cot.errors import InputError

MARK = "meta/export.json"
OWN = frozenset({"data", "jsonl", "csv", "meta", "README.md", "left_out.csv"})
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


@contextmanager
def replacing_folder(out: Path) -> Generator[Path]:
    """Gives an empty folder beside `out`; on a clean exit it takes the name, durably.

    Files in `out` that are not an export's own (a `.git`, notes) are carried over.

    Raises: InputError: `out` holds something else than an export. OSError: the disk is full; `out` is as it was.
    Crash:  `out` is the old data set or the new one. Without exchange (other systems than Linux) it can be away
            for the instant between two renames; the next export puts the old one back.
    """
    out = out.absolute()
    draft, old = out.with_name(f".{out.name}.{os.getpid()}.new"), out.with_name(f".{out.name}.old")
    _recover(out, old)
    _check(out)
    draft.mkdir(parents=True)
    try:
        yield draft
        if out.exists():
            _carry_over(out, draft)
        _sync_folders(draft)
        faults.point("export.before_rename")
        _swap(draft, out, old)
        sync_directory(out.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if out.exists():
            shutil.rmtree(old, ignore_errors=True)


def _recover(out: Path, old: Path) -> None:
    """Puts back what a crash between two renames left, and removes the drafts of processes that are gone."""
    if old.exists() and not out.exists():
        old.rename(out)
    shutil.rmtree(old, ignore_errors=True)
    for draft in out.parent.glob(f".{out.name}.*.new"):
        pid = draft.name.removesuffix(".new").rpartition(".")[2]
        if pid.isdigit() and not is_alive(int(pid)):
            shutil.rmtree(draft, ignore_errors=True)


def _check(out: Path) -> None:
    if out.is_file():
        raise InputError(f"{out}: this is a file; give a folder for the data set")
    if out.exists() and any(out.iterdir()) and not (out / MARK).exists():
        raise InputError(f"{out}: the folder holds something else than an export; give an empty or a new one")


def _carry_over(out: Path, draft: Path) -> None:
    """Copies what does not belong to an export; its own folders and card are written anew."""
    for item in out.iterdir():
        if item.name in OWN:
            continue
        if item.is_dir() and not item.is_symlink():
            shutil.copytree(item, draft / item.name, symlinks=True)
        else:
            shutil.copy2(item, draft / item.name, follow_symlinks=False)


def _swap(draft: Path, out: Path, old: Path) -> None:
    if not out.exists():
        draft.rename(out)
    elif not _exchange(draft, out):
        out.rename(old)
        draft.rename(out)


def _exchange(a: Path, b: Path) -> bool:
    """Swaps two names in one step; False where the system or the file system cannot."""
    if sys.platform != "linux":
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return renameat2(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _RENAME_EXCHANGE) == 0


def _sync_folders(folder: Path) -> None:
    for parent, _, _ in os.walk(folder):
        sync_directory(Path(parent))


def link_or_copy(source: Path, target: Path) -> None:
    """The same content under a second name, without a second copy where the file system can."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)
