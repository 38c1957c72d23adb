"""One running process per SQLite ledger, and a memory of how far the ledger had come.

`ledger.db.lock` lies beside `ledger.db`. Its first line is the number of the last group that was committed, its
second who holds the ledger since when, as long as somebody does. The lock itself is the kernel's: it ends with the
process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import platform
import re
import time
from pathlib import Path
from typing import Any

import orjson
import structlog

from soar2cot.errors import LedgerBusyError, LedgerError
from soar2cot.ledger.rows import utc_text

log = structlog.get_logger()

_DIGITS = 20
_OCTAL = re.compile(r"\\([0-7]{3})")
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ceph", "lustre", "gpfs", "beegfs", "glusterfs"}
    | {"orangefs", "ocfs2", "ncpfs", "fuse.glusterfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.juicefs"}
)


class FileLock:
    """The right to write one SQLite ledger, held until `release` or the end of the process."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self._path = path
        self._written = b""

    @classmethod
    def take(cls, ledger: Path, *, patience_s: float = 2.0) -> FileLock:
        """Takes the lock of the ledger at this path.

        `patience_s` is for the children of a process that was just killed: they may hold its lock a moment longer.

        Raises: LedgerBusyError: another process has it, named with its host and start. LedgerError: no such
                folder, no permission, no locks on this file system.
        """
        path = lock_path(ledger)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise LedgerError(
                f"ledger {ledger}: {path.parent} cannot be written ({error.strerror}); "
                "give write permission, or name another --run-dir"
            ) from error
        deadline = time.monotonic() + patience_s
        while not _try_lock(descriptor, ledger):
            if time.monotonic() > deadline or holder_lives(ledger):
                os.close(descriptor)
                raise busy_error(ledger)
            time.sleep(0.05)
        return cls(descriptor, path)

    def high_water(self) -> int:
        """The number of the last group that this ledger is known to have committed; 0 where nothing is known."""
        digits = os.pread(self._descriptor, _DIGITS, 0)
        return int(digits) if len(digits) == _DIGITS and digits.isdigit() else 0

    def note(self, generation: int) -> None:
        """Notes a committed group. Not synced: it survives a kill; after a power cut it may be older, never newer.

        Raises: LedgerError: another process has signed or noted meanwhile: this file system keeps no locks between
                hosts. The group is durable.
        """
        if os.pread(self._descriptor, len(self._written) + 1, 0) != self._written:
            who = _named(_read_holder(self._path))
            raise LedgerError(
                f"{self._path}: another process writes this ledger, too ({who}): this file system keeps no locks "
                "between hosts. Stop both, run `soar2cot fsck`, and take a local disk or --ledger postgresql://…"
            )
        digits = b"%0*d" % (_DIGITS, generation)
        os.pwrite(self._descriptor, digits, 0)
        self._written = digits + self._written[_DIGITS:]

    def sign(self, generation: int) -> None:
        """Writes who holds the ledger since when. Warns where another host's process did not give it back."""
        before = _read_holder(self._path)
        if before and before["host"] != platform.node():
            log.warning("Ledger was last written on another host and not closed there", **before, file=str(self._path))
        who = {"pid": os.getpid(), "host": platform.node(), "since": utc_text(time.time())}
        self._write(b"%0*d\n" % (_DIGITS, generation) + orjson.dumps(who) + b"\n")

    def release(self) -> None:
        """Gives the ledger free, and takes the signature away."""
        try:
            if self._written:
                self._write(self._written[: _DIGITS + 1])
        finally:
            os.close(self._descriptor)

    def _write(self, text: bytes) -> None:
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)
        self._written = text


def lock_path(ledger: Path) -> Path:
    """Where the lock of a ledger lies."""
    return ledger.with_name(ledger.name + ".lock")


def _read_holder(lock: Path) -> dict[str, Any]:
    """Who signed last and has not given back: `pid`, `host`, `since`; empty where nobody did."""
    try:
        lines = lock.read_bytes().split(b"\n")
        return orjson.loads(lines[1]) if len(lines) > 1 and lines[1] else {}
    except (OSError, orjson.JSONDecodeError):
        return {}


def _named(who: dict[str, Any]) -> str:
    return f"process {who['pid']} on {who['host']} has been running since {who['since']}" if who else "it is in use"


def busy_error(ledger: Path) -> LedgerBusyError:
    """Names the process that holds the ledger."""
    who = _named(_read_holder(lock_path(ledger)))
    return LedgerBusyError(f"ledger {ledger}: {who}; stop it first, or use another --run-dir")


def file_system(path: Path) -> str:
    """The kind of file system that a path lies on (`ext4`, `nfs4` …); empty where it cannot be told."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    target = path.resolve()
    found = [(len(point), kind) for point, kind in map(_mount, reversed(lines)) if target.is_relative_to(point)]
    return max(found, key=lambda item: item[0])[1] if found else ""  # of two on one point the later one counts


def refuse_network(ledger: Path, *, kind: str | None = None) -> None:
    """Raises: LedgerError: the ledger lies on a network file system, where neither locks nor the log can be trusted."""
    kind = file_system(ledger.parent) if kind is None else kind
    if kind in _NETWORK:
        raise LedgerError(
            f"ledger {ledger}: it lies on {kind}, a network file system, where two hosts could write it at once; "
            "put --run-dir on a local disk, or use --ledger postgresql://…"
        )


def _mount(line: str) -> tuple[str, str]:
    before, _, after = line.partition(" - ")
    point = _OCTAL.sub(lambda match: chr(int(match[1], 8)), before.split(" ")[4])  # a space stands there as \\040
    return point, after.split(" ")[0]


def _try_lock(descriptor: int, ledger: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        os.close(descriptor)
        raise LedgerError(
            f"ledger {ledger}: this file system has no locks ({error.strerror}); put --run-dir on a local disk"
        ) from error
    return True


def holder_lives(ledger: Path) -> bool:
    """Whether the process that signed the lock still runs, as far as this host can tell."""
    who = _read_holder(lock_path(ledger))
    if not who:
        return False
    if who["host"] != platform.node():
        return True
    try:
        os.kill(int(who["pid"]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
