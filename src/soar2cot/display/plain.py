"""A line a minute, where there is no terminal to draw on."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TextIO

from soar2cot.display import words
from soar2cot.display.tally import Tally
from soar2cot.events import Event, RunFinished


class PlainDisplay:
    """Writes one line to `stream` every `every_s` seconds, also while nothing happens, and one at the end."""

    draws = False

    def __init__(self, tally: Tally, stream: TextIO, *, every_s: float = 60.0) -> None:
        self._tally = tally
        self._stream = stream
        self._every_s = every_s
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._tick, name="display", daemon=True)

    def __enter__(self) -> PlainDisplay:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def watch(self, event: Event) -> None:
        """Counts an event; the run's end writes its line at once."""
        with self._lock:
            self._tally.add(event)
        if isinstance(event, RunFinished):
            self.write()

    def write(self) -> None:
        """Writes the line as of now."""
        with self._lock:
            line = line_of(self._tally)
        self._stream.write(line + "\n")
        self._stream.flush()

    def _tick(self) -> None:
        while not self._over.wait(self._every_s):
            self.write()


def line_of(tally: Tally) -> str:
    """The state of a run in one line."""
    return " · ".join(filter(None, (_progress(tally), _pace(tally), _scores(tally), _failures(tally), _state(tally))))


def _progress(tally: Tally) -> str:
    done = tally.before + tally.done
    if tally.total is None:
        return f"{done:,} done"
    return f"{done:,} of {tally.total:,} done ({words.share(done, tally.total)})"


def _pace(tally: Tally) -> str:
    if tally.finished is not None:
        return f"in {words.duration(tally.elapsed_s)}"
    return f"{words.rate(tally.rate_per_s)} · {words.duration(tally.eta_s)} left · {len(tally.in_flight)} in flight"


def _scores(tally: Tally) -> str:
    if tally.mean_score is None:
        return ""
    return f"mean score {tally.mean_score:.3f}, {words.share(tally.perfect, tally.done)} perfect"


def _failures(tally: Tally) -> str:
    return f"{tally.failed} failed" if tally.failed else ""


def _state(tally: Tally) -> str:
    if tally.finished is not None:
        return f"finished: {tally.finished.reason}"
    if tally.draining is not None:
        return f"stopping ({tally.draining.reason})"
    return f"waiting: {tally.waiting}" if tally.waiting else ""
