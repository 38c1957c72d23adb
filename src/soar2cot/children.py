"""Child processes on this machine: how many there is room for, and how each ends with its parent."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import threading

PARENTS_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def n_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def live_as_child() -> None:
    """For a process that `multiprocessing` began: Ctrl+C and a scheduler's SIGTERM, which reach the whole group, are
    the parent's to decide on; it ends when the parent is gone, however that died."""
    for number in PARENTS_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = mp.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
