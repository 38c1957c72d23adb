"""Named fault points: places in the code where a test, or `soar2cot crashtest`, may strike.

A point is one call, `faults.point("commit.before_sync")`: a dictionary look-up on an empty dictionary when
nothing is armed. Every name is declared in POINTS, so that the crash tests can go through all of them and
docs/durability.md can be checked against the code.
"""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

POINTS: dict[str, str] = {
    "atomic.before_write": "a whole file is about to be written beside its target",
    "atomic.before_rename": "the new file is on disk, the old one still has the name",
    "atomic.after_rename": "the new file has the name, the directory is not synced yet",
    "ledger.commit.before_begin": "a group of commits is about to be written",
    "ledger.commit.before_commit": "all rows of the group are written, the transaction is open",
    "ledger.commit.after_commit": "the group is durable, nobody was told",
    "ledger.migrate.before_commit": "the new schema is written, the transaction is open",
    "ledger.forget.before_commit": "results moved to history, the transaction is open",
    "journal.before_intent": "a call is about to be announced",
    "journal.before_send": "the intent is durable, nothing was sent",
    "journal.before_answer": "the answer came, it is not durable",
    "journal.after_answer": "the answer is durable, nobody has used it",
    "pipeline.claimed": "a sample was claimed, no work is done",
    "pipeline.solved": "a sample is solved, nothing is committed",
    "pipeline.committed": "a sample is committed, progress.json does not say so yet",
    "progress.before_save": "the ledger is ahead of progress.json",
    "progress.after_save": "progress.json is new, the ledger does not know it was shown",
    "progress.reconciled": "hand edits were applied to the ledger, progress.json is not rewritten yet",
    "compact.before_verify": "the data file without finished rows is written beside it, not read back yet",
    "compact.verified": "the new data file is right, the old one still has the name",
    "compact.before_mark": "the data file is compacted, last_saved_to_parquet does not say so yet",
    "export.before_rename": "the data set is written beside its place",
}

Action = Callable[[], None]


@dataclass
class _Armed:
    action: Action
    left: int


_armed: dict[str, _Armed] = {}  # test switch, empty in every real run: the one module global of the house


def point(name: str) -> None:
    """Does nothing, unless a fault is armed at `name`."""
    if _armed:
        _strike(name)


def _strike(name: str) -> None:
    armed = _armed.get(name)
    if armed is None:
        return
    armed.left -= 1
    if armed.left <= 0:
        del _armed[name]
        armed.action()


def arm(name: str, action: Action | str, *, after: int = 1) -> None:
    """Strikes at the `after`-th passage of `name`.

    Args:   action: a callable, or `kill` (SIGKILL to this process), `raise` (RuntimeError), `full` (ENOSPC),
            `pause` (half a second in which nothing moves).
    Raises: KeyError: no such point; ValueError: no such action.
    """
    if name not in POINTS:
        raise KeyError(f"no fault point {name!r}; there are: {', '.join(POINTS)}")
    _armed[name] = _Armed(_ACTIONS[action] if isinstance(action, str) else action, after)


def arm_from_text(text: str) -> None:
    """Arms from `name:action[:after]`, several parted by commas; the command line reads it from SOAR2COT_FAULT."""
    for item in filter(None, text.split(",")):
        name, action, after, *_ = [*item.split(":"), "1", "1"]
        if action not in _ACTIONS:
            raise ValueError(f"no fault action {action!r}; there are: {', '.join(_ACTIONS)}")
        arm(name, action, after=int(after))


def disarm() -> None:
    """Takes every fault away."""
    _armed.clear()


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise() -> None:
    raise RuntimeError("fault injected")


def _disk_full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _pause() -> None:
    """Slows everything down from here on for a moment: time for a test to send a signal."""
    time.sleep(0.5)


_ACTIONS: dict[str, Action] = {"kill": _kill, "raise": _raise, "full": _disk_full, "pause": _pause}
