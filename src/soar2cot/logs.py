"""Log lines: words and key=value for people, JSON for machines, and all of it in the run directory.

Configured once, at the edge. Lines go to stderr, looked up when they are written: a terminal view can catch them.
"""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import time
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

import orjson
import structlog

LogFormat: TypeAlias = Literal["text", "json"]

_LEVELS = logging.getLevelNamesMapping()
_BARE = re.compile(r"[^\s'\"=]+")  # a value that can stand without quotation marks


def configure_logs(
    *,
    level: str = "info",
    log_format: LogFormat = "text",
    directory: Path | None = None,
    reworded: Callable[[str], str] | None = None,
) -> None:
    """From here on every log line goes to stderr, from `level` up, and to `directory`/run.jsonl, debug lines too.

    `reworded` is given the words of each line, without its values.
    """
    threshold = _LEVELS[level.upper()]
    keep: list[Any] = [_Keeper(directory)] if directory is not None else []
    structlog.configure(
        processors=[
            *([_Rewording(reworded)] if reworded is not None else []),
            _Stamp(),
            *keep,
            _Threshold(threshold),
            _plain_error,
            _in_json if log_format == "json" else _in_words,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if keep else threshold),
        logger_factory=_StderrLogger,
        cache_logger_on_first_use=False,
    )


class _Rewording:
    """Gives each line's words to somebody who may say them otherwise."""

    def __init__(self, reworded: Callable[[str], str]) -> None:
        self._reworded = reworded

    def __call__(self, _logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["event"] = self._reworded(event["event"])
        return event


class _Stamp:
    """Level and time, UTC to the microsecond; the text of a second is made once."""

    def __init__(self) -> None:
        self._second = (0, "")

    def __call__(self, _logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        second, micros = divmod(time.time_ns() // 1_000, 1_000_000)
        known, text = self._second
        if known != second:
            text = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            self._second = second, text
        event["level"] = name
        event["timestamp"] = f"{text}.{micros:06d}Z"
        return event


def _in_json(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
    return _json(event).decode()


def _json(event: MutableMapping[str, Any]) -> bytes:
    """One line; what is no JSON as its text, characters that no UTF-8 has as escapes."""
    try:
        return orjson.dumps(event, default=str)
    except TypeError:
        return json.dumps(dict(event), default=str).encode()


def _in_words(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
    """`12:34:56 [warning] Task failed task_id=007bbfb7 reason='…'`; the level is left out where it is info."""
    clock, level, text = event.pop("timestamp")[11:19], event.pop("level"), event.pop("event")
    pairs = [
        f"{name}={value if isinstance(value, str) and _bare(value) else repr(value)}" for name, value in event.items()
    ]
    return " ".join([clock, *([f"[{level}]"] if level != "info" else []), text, *pairs])


def _bare(value: str) -> bool:
    return value.isprintable() and _BARE.fullmatch(value) is not None


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
        if _LEVELS[name.upper()] < self._threshold:
            raise structlog.DropEvent
        return event


class _Keeper:
    """Appends every line as JSON to the run directory's log, which is opened at the first line and stays open.

    Crash: a last line that is cut off, at worst: each line is one write, and nothing is held back. A full disk costs
           log lines, never the run.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / "run.jsonl"
        self._file: io.FileIO | None = None

    def __call__(self, logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line = structlog.processors.format_exc_info(logger, name, dict(event)) if "exc_info" in event else event
        try:
            (self._file or self._opened()).write(_json(line) + b"\n")
        except OSError:
            pass
        return event

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def _opened(self) -> io.FileIO:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = io.FileIO(self._path, "a")
        return self._file


def _plain_error(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keeps tracebacks in the file: the console names the error in its text."""
    event.pop("exc_info", None)
    return event
