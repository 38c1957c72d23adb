"""Columns of keys behave as Python sets of keys do, and the quick check of rows as the slow one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from soar2cot.key_columns import KeyColumns
from soar2cot.records import Sample, SampleKey
from soar2cot.soar_loader.decode import clean_rows, decode, grid_digests
from soar2cot.soar_loader.index import ordinals
from soar2cot.soar_loader.schema import column_types

steady = settings(deadline=None, derandomize=True, database=None, max_examples=60)

KEYS = st.lists(
    st.builds(
        SampleKey,
        st.sampled_from(["007bbfb7", "a", "ff", ""]),
        st.integers(0, 5) | st.integers(0, 2**31 - 1),
        st.sampled_from(["original", "hindsight", "else"]),
    ),
    max_size=30,
)


@steady
@given(KEYS)
def test_columns_give_back_the_keys(keys: list[SampleKey]) -> None:
    columns = KeyColumns.of(keys)
    assert list(columns) == keys
    assert [columns[i] for i in range(len(keys))] == keys
    assert list(columns.with_own_tasks()) == keys
    assert list(columns.unique()) == list(dict.fromkeys(keys))


@steady
@given(KEYS, KEYS)
def test_membership_is_that_of_sets(mine: list[SampleKey], theirs: list[SampleKey]) -> None:
    a, b = KeyColumns.of(mine), KeyColumns.of(theirs)
    assert a.is_in(b).tolist() == [key in set(theirs) for key in mine]
    assert list(a.without(b)) == [key for key in mine if key not in set(theirs)]


@steady
@given(st.lists(st.integers(0, 4), max_size=50))
def test_ordinals_count_within_each_group(groups: list[int]) -> None:
    assert ordinals(np.array(groups, dtype=np.int32)).tolist() == [groups[:i].count(g) for i, g in enumerate(groups)]


CELL = st.integers(0, 9) | st.sampled_from([None, -1, 10, 100])
GRID = st.none() | st.lists(st.none() | st.lists(CELL, max_size=3), max_size=3)
GOOD = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=1, max_size=3)
)
GRIDS = st.none() | st.lists(GOOD, max_size=2) | st.lists(GOOD | GRID, max_size=2)
FLAGS = st.none() | st.lists(st.booleans() | st.none(), max_size=2)
ROW = st.fixed_dictionaries(
    {
        "code": st.none() | st.just("def transform(grid): return grid"),
        "correct_train_input": FLAGS,
        "predicted_train_output": GRIDS,
        "correct_test_input": FLAGS,
        "predicted_test_output": GRIDS,
        "model": st.none() | st.just("m"),
        "generation": st.none() | st.integers(0, 9),
    }
)


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    types = column_types(pa.int8())
    return pa.table({name: pa.array([row[name] for row in rows], types[name]) for name in rows[0]})


@steady
@given(st.lists(ROW, min_size=1, max_size=8), st.integers(0, 3), st.integers(1, 8))
def test_the_quick_check_of_rows_agrees_with_the_slow_one(rows: list[dict[str, Any]], start: int, length: int) -> None:
    table = table_of(rows).slice(start, length)
    n = table.num_rows
    keys = [SampleKey("a", i, "original") for i in range(n)]
    each = [next(decode(table.slice(i, 1), [keys[i]], [i])) for i in range(n)]
    assert clean_rows(table).tolist() == [isinstance(item, Sample) for item in each]
    together = list(decode(table, keys, list(range(n))))
    assert [(type(item), item.key, item.row) for item in together] == [
        (type(item), item.key, item.row) for item in each
    ]
    assert [item for item in together if isinstance(item, Sample)] == [
        item for item in each if isinstance(item, Sample)
    ]


@steady
@given(st.lists(st.lists(GOOD, max_size=2), min_size=2, max_size=6), st.integers(0, 2))
def test_equal_grids_and_only_those_have_equal_numbers(values: list[Any], start: int) -> None:
    column = pa.chunked_array([pa.array(values, column_types(pa.int8())["predicted_test_output"])]).slice(start)
    numbers = grid_digests(column).tolist()
    for i, a in enumerate(values[start:]):
        for j, b in enumerate(values[start:]):
            assert (numbers[i] == numbers[j]) == (a == b)
