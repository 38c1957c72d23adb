"""Log lines: words and key=value for people, JSON for machines, and all of it in the run directory.

Configured once, at the edge. Lines go to stderr, looked up when they are written: a terminal view can catch them.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import structlog

LogFormat: TypeAlias = Literal["text", "json"]

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_logs(*, level: str = "info", log_format: LogFormat = "text", directory: Path | None = None) -> None:
    """From here on every log line goes to stderr, from `level` up, and to `directory`/run.jsonl, debug lines too."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    keep: list[Any] = [_Keeper(directory)] if directory is not None else []
    structlog.configure(
        processors=[*_SHARED, *keep, _Threshold(threshold), _plain_error, _renderer(log_format)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if keep else threshold),
        logger_factory=_StderrLogger,
        cache_logger_on_first_use=False,
    )


def _renderer(log_format: LogFormat) -> Any:
    return structlog.processors.JSONRenderer(ensure_ascii=False, default=str) if log_format == "json" else _in_words


def _in_words(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
    """`12:34:56 [warning] Task failed task_id=007bbfb7 reason='…'`; the level is left out where it is info."""
    clock, level, text = event.pop("timestamp")[11:19], event.pop("level"), event.pop("event")
    pairs = [
        f"{name}={value if isinstance(value, str) and _bare(value) else repr(value)}" for name, value in event.items()
    ]
    return " ".join([clock, *([f"[{level}]"] if level != "info" else []), text, *pairs])


def _bare(value: str) -> bool:
    return value.isprintable() and value != "" and not set(value) & set(" '\"=")


class _StderrLogger:
    """Writes to whatever sys.stderr is at that moment."""

    def __init__(self, *_: object) -> None: ...

    def msg(self, message: str) -> None:
        sys.stderr.write(message + "\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


class _Threshold:
    """Drops what is below the level of the console; the file has it by then."""

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold

    def __call__(self, _logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if logging.getLevelNamesMapping()[name.upper()] < self._threshold:
            raise structlog.DropEvent
        return event


class _Keeper:
    """Appends every line as JSON to the run directory's log; opened at the first line.

    Crash: a last line that is cut off, at worst. A full disk costs log lines, never the run.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / "run.jsonl"
        self._render = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)

    def __call__(self, logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        try:
            line = self._render(logger, name, structlog.processors.format_exc_info(logger, name, dict(event)))
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{line if isinstance(line, str) else line.decode()}\n")
        except OSError:
            pass
        return event


def _plain_error(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keeps tracebacks in the file: the console names the error in its text."""
    event.pop("exc_info", None)
    return event
