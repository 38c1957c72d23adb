"""The state of a run as seen from outside: from the ledger alone, at any time, whether it goes on or not."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from soar2cot.atomic import is_alive
from soar2cot.ledger.browse import Browse, RunTotals

WINDOW_S = 900


@dataclass(frozen=True, slots=True)
class Overview:
    """Sums over the whole history of a run directory, and the pace of now.

    `scored` of the `completed` samples have a result, and `mean_score` and `perfect` are over those: what an edit of
    progress.json named as done has none. `total` is None where the run did not note how many samples there are.
    `state` is `running`, `stopped` (the last run came to an end, which `reason` names), `died` (it left no word), `new`
    (nothing was started), or `elsewhere` (it runs, or died, on another machine). `rate_per_s` counts the last quarter
    of an hour of the run that goes on.
    """

    state: str
    reason: str | None
    n_runs: int
    started_at: str | None
    completed: int
    total: int | None
    failed: int
    failures: dict[str, int] = field(default_factory=dict[str, int])
    scored: int = 0
    mean_score: float | None = None
    perfect: int = 0
    calls: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    cached_share: float | None = None
    rate_per_s: float | None = None
    eta_s: float | None = None

    @property
    def remaining(self) -> int | None:
        """Samples neither done nor parked."""
        return None if self.total is None else max(0, self.total - self.completed - self.failed)


async def overview(browse: Browse, *, now: Callable[[], float]) -> Overview:
    """Reads the state; its cost does not grow with the number of samples.

    Args: now: seconds since 1970.
    """
    runs = await browse.runs()
    failures, spent = await browse.failures_by_reason(), await browse.spent()
    completed, failed = sum(run.completed for run in runs), sum(failures.values())
    scored = sum(run.scored for run in runs)
    noted = await browse.meta("n_samples")
    total = int(noted) if noted and noted.isdecimal() else None
    state = await _state(browse, runs)
    rate = await _rate(browse, runs, now()) if state in {"running", "elsewhere"} else None
    left = None if total is None else max(0, total - completed - failed)
    return Overview(
        state=state,
        reason=runs[-1].reason if runs else None,
        n_runs=len(runs),
        started_at=runs[0].started_at if runs else None,
        completed=completed,
        total=total,
        failed=failed,
        failures=failures,
        scored=scored,
        mean_score=sum(run.score_sum for run in runs) / scored if scored else None,
        perfect=sum(run.perfect for run in runs),
        calls=spent.calls,
        tokens=spent.tokens,
        cost_usd=spent.cost_usd,
        cached_share=spent.cached_share,
        rate_per_s=rate,
        eta_s=left / rate if rate and left is not None else None,
    )


async def _state(browse: Browse, runs: list[RunTotals]) -> str:
    if not runs:
        return "new"
    if runs[-1].finished_at is not None:
        return "stopped"
    host, pid = await browse.last_run_place() or ("", 0)
    if host != platform.node():
        return "elsewhere"
    return "running" if is_alive(pid) else "died"


async def _rate(browse: Browse, runs: list[RunTotals], now: float) -> float | None:
    started = datetime.fromisoformat(runs[-1].started_at).timestamp()
    n, oldest = await browse.completed_since(int(max(started, now - WINDOW_S)))
    if oldest is None or n < 3:
        return None
    span = now - max(started, now - WINDOW_S) if n < 5000 else now - oldest
    return n / span if span >= 1 else None
