"""Steering a run from outside: a small file in its run directory, looked at once a second.

`RUN_DIR/control.json` holds what is wished: `{"paused": false, "limit": 8}`; the limit may be `"auto"` or null. The run
removes it when it starts, so that a pause does not outlive the run it was meant for. A file that cannot be read is no
wish.

    async with asyncio.TaskGroup() as group:
        steering = group.create_task(obey(config.run_dir, apply))
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from soar2cot import atomic

FILE = "control.json"


@dataclass(frozen=True, slots=True)
class Control:
    """What is wished of a run.

    Paused: nothing new is started. `limit`: model calls at once, for each endpoint, and samples at once; `auto`: as
    many as the run finds out; None: as it was started.
    """

    paused: bool = False
    limit: int | Literal["auto"] | None = None

    @property
    def slots(self) -> int | None:
        """How many samples may be started at once: 0 while paused, None where the run decides."""
        return 0 if self.paused else None if self.limit == "auto" else self.limit


def read_control(run_dir: Path) -> Control:
    """The wish that stands; the default where there is none or it cannot be read."""
    try:
        values: Any = orjson.loads((run_dir / FILE).read_bytes())
        paused, limit = values["paused"], values["limit"]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return Control()
    sound = type(paused) is bool and (limit in (None, "auto") or (type(limit) is int and limit >= 1))
    return Control(paused, limit) if sound else Control()


def write_control(run_dir: Path, control: Control) -> None:
    """Lets the run know, atomically."""
    atomic.write_bytes(run_dir / FILE, orjson.dumps(asdict(control)))


def clear_control(run_dir: Path) -> None:
    """Forgets all wishes."""
    (run_dir / FILE).unlink(missing_ok=True)


async def obey(
    run_dir: Path,
    apply: Callable[[Control], None],
    *,
    every_s: float = 1.0,
    sleep: Callable[[float], Any] = asyncio.sleep,
) -> None:
    """Forgets what was wished before, then tells each change to `apply`, until cancelled.

    `apply` gets `Control()` too, when a wish is taken back.
    """
    clear_control(run_dir)
    last = Control()
    while True:
        await sleep(every_s)
        wished = await asyncio.to_thread(read_control, run_dir)
        if wished != last:
            apply(wished)
            last = wished
