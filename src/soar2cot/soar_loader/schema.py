# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""The columns of a SOAR file, and how a file that says them in another way is brought into this one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from soar2cot.errors import InputError
from soar2cot.soar_loader.arrays import Mask, flags, offsets, valid, whole

TASK, ROUND, KIND = "task_id", "round_index", "data_type"
KEY_COLUMNS = (TASK, ROUND, KIND)
KINDS = ("original", "hindsight")
CODE, MODEL, GENERATION = "code", "model", "generation"
FLAGS = {"train": "correct_train_input", "test": "correct_test_input"}
GRIDS = {"train": "predicted_train_output", "test": "predicted_test_output"}
RAW_COLUMNS = (
    CODE, FLAGS["train"], GRIDS["train"], FLAGS["test"], GRIDS["test"], TASK, MODEL, GENERATION,
)  # fmt: skip
UNKNOWN_GENERATION = -1

_Table = Any  # pyarrow has no types
_BOOLS: Any = pa.list_(pa.bool_())
_INT8 = "Int(bitWidth=8, isSigned=true)"  # as parquet says it; what `label` writes


def grids_type(cell: Any) -> Any:
    """The type of a grid column: per row a list of grids of cells of this type."""
    return pa.list_(pa.list_(pa.list_(cell)))


def column_types(cell: Any) -> dict[str, Any]:
    """What every column is brought to; `cell` is `int8`, or `int64` where a file holds cells that do not fit."""
    return {
        CODE: pa.string(),
        FLAGS["train"]: _BOOLS,
        GRIDS["train"]: grids_type(cell),
        FLAGS["test"]: _BOOLS,
        GRIDS["test"]: grids_type(cell),
        TASK: pa.string(),
        MODEL: pa.string(),
        GENERATION: pa.int64(),
        ROUND: pa.int32(),
        KIND: pa.string(),
    }


def cell_type(footers: Iterable[Any]) -> Any:
    """`int8` where every footer says, by type or statistics, that all cells fit; else `int64`: no value is bent."""
    return pa.int8() if all(_fits_int8(footer) for footer in footers) else pa.int64()


def _fits_int8(footer: Any) -> bool:
    wide = [leaf for leaf in _leaves(footer) if str(footer.schema.column(leaf).logical_type) != _INT8]
    return all(
        _group_fits_int8(footer.row_group(index), leaf) for leaf in wide for index in range(footer.num_row_groups)
    )


def _leaves(footer: Any) -> list[int]:
    """Positions of the columns that hold cells."""
    names = tuple(f"{name}." for name in GRIDS.values())
    return [i for i in range(footer.num_columns) if footer.schema.column(i).path.startswith(names)]


def _group_fits_int8(group: Any, leaf: int) -> bool:
    statistics = group.column(leaf).statistics
    if statistics is None or not statistics.has_min_max:
        return False
    return isinstance(statistics.min, int) and statistics.min >= -128 and statistics.max <= 127


def check_columns(schema: Any, *, where: str) -> bool:
    """Whether the file is labelled; every column is there and of a type that can be read.

    Raises: InputError: naming each column that is missing or of a type that no SOAR column has.
    """
    names: set[str] = set(schema.names)
    missing = [name for name in RAW_COLUMNS if name not in names]
    if missing:
        raise InputError(
            f"{where}: not in the SOAR schema: column {', '.join(missing)} missing; it has {', '.join(schema.names)}"
        )
    labelled = {ROUND, KIND} <= names
    if not labelled and names & {ROUND, KIND}:
        present = next(iter(names & {ROUND, KIND}))
        raise InputError(f"{where}: column {present} without its sibling; a labelled file has {ROUND} and {KIND}")
    wanted = (*RAW_COLUMNS, ROUND, KIND) if labelled else RAW_COLUMNS
    problems = [problem for name in wanted if (problem := _type_problem(name, schema.field(name).type))]
    if problems:
        raise InputError(f"{where}: not in the SOAR schema: {'; '.join(problems)}")
    return labelled


def _type_problem(name: str, found: Any) -> str | None:
    plain = found.value_type if pa.types.is_dictionary(found) else found
    if _READABLE[name](plain):
        return None
    return f"column {name} is {found}, it must be {_WORDS[name]}"


def _is_text(found: Any) -> bool:
    return any(test(found) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def _is_list(found: Any) -> bool:
    tests = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list, pa.types.is_list_view)
    return any(test(found) for test in tests)


def _is_flags(found: Any) -> bool:
    if _is_list(found):
        item = found.value_type
        return pa.types.is_boolean(item) or pa.types.is_integer(item) or pa.types.is_null(item)
    return _is_text(found)


def _is_grids(found: Any) -> bool:
    for _ in range(3):
        if _is_text(found):
            return True  # JSON, at any depth that pandas leaves it
        if not _is_list(found):
            return pa.types.is_null(found)
        found = found.value_type
    return pa.types.is_integer(found) or pa.types.is_floating(found) or pa.types.is_null(found)


def _is_number(found: Any) -> bool:
    return pa.types.is_integer(found) or pa.types.is_floating(found) or pa.types.is_null(found)


_READABLE: dict[str, Callable[[Any], bool]] = {
    CODE: _is_text,
    FLAGS["train"]: _is_flags,
    GRIDS["train"]: _is_grids,
    FLAGS["test"]: _is_flags,
    GRIDS["test"]: _is_grids,
    TASK: _is_text,
    MODEL: lambda found: _is_text(found) or pa.types.is_null(found),
    GENERATION: _is_number,
    ROUND: pa.types.is_integer,
    KIND: _is_text,
}
_LISTS_OF_GRIDS = "a list of grids (list<list<list<int>>>), or JSON text of one"
_WORDS = {
    CODE: "text",
    FLAGS["train"]: "a list of booleans",
    GRIDS["train"]: _LISTS_OF_GRIDS,
    FLAGS["test"]: "a list of booleans",
    GRIDS["test"]: _LISTS_OF_GRIDS,
    TASK: "text",
    MODEL: "text",
    GENERATION: "a whole number",
    ROUND: "a whole number",
    KIND: "text",
}


def normalise(table: _Table, types: dict[str, Any]) -> _Table:
    """The table with each column in the type of `types`; a value that cannot be said in it becomes null.

    A null costs its row when the row's turn comes: one bad value must not cost the file.
    """
    columns = [_column(table.column(name), types[name]) for name in table.column_names]
    return pa.table(columns, names=table.column_names)


def _column(column: Any, wanted: Any) -> Any:
    if column.type == wanted:
        return column
    if _has_text_within(column.type) and pa.types.is_list(wanted):
        return _from_json(column, wanted)
    try:
        return column.cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return _one_by_one(column, wanted)


def _has_text_within(found: Any) -> bool:
    while _is_list(found):
        found = found.value_type
    return _is_text(found.value_type if pa.types.is_dictionary(found) else found)


def _from_json(column: Any, wanted: Any) -> Any:
    values = [_or_none(_parse_texts, value) for value in column.to_pylist()]
    return _build(values, wanted)


def _parse_texts(value: Any) -> Any:
    if isinstance(value, str):
        return orjson.loads(value)
    return [_parse_texts(item) for item in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


def _one_by_one(column: Any, wanted: Any) -> Any:
    return _build(column.to_pylist(), wanted)


def _build(values: list[Any], wanted: Any) -> Any:
    try:
        return pa.chunked_array([pa.array(values, type=wanted)])
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError, ValueError):
        return pa.chunked_array([pa.array([_or_none(_checked(wanted), value) for value in values], type=wanted)])


def _checked(wanted: Any) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        pa.array([value], type=wanted)
        return value

    return check


def _or_none(make: Callable[[Any], Any], value: Any) -> Any:
    try:
        return make(value)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError, ValueError):
        return None


def is_original(column: Any) -> Mask:
    """Which rows have only true test flags, (n,); a null or empty list is hindsight."""
    lists = whole(column)
    ends = offsets(lists)
    good, known = flags(lists.values), valid(lists.values)
    n_good_before = np.concatenate([[0], np.cumsum(good if known is None else good & known)])
    n_good, length = np.diff(n_good_before[ends]), np.diff(ends)
    original = (n_good == length) & (length > 0)
    present = valid(lists)
    return original if present is None else original & present
