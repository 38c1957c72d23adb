# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""`--where`: a SQL condition on the columns, as duckdb understands it."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from soar2cot.arrow import arrow_array
from soar2cot.errors import ConfigError
from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.reader import RowReader
from soar2cot.soar_loader.scan import OnRows, scan
from soar2cot.soar_loader.schema import KIND, RAW_COLUMNS, ROUND, TASK


def matching(
    reader: RowReader, keys: KeyColumns, mask: NDArray[np.bool_], where: str, *, on_rows: OnRows
) -> NDArray[np.bool_]:
    """Which of the rows in `mask` fulfil the condition; only columns that it names are read.

    Raises: ConfigError: it is no condition on these columns.
    """
    result = np.zeros(len(keys), dtype=np.bool_)
    named = [name for name in RAW_COLUMNS if name in where.lower() and name != TASK]
    with duckdb.connect(config={"threads": 2, "enable_external_access": False}) as connection:
        _check(connection, where, reader)
        for rows, piece in scan(reader, mask, named or ("generation",), on_rows=on_rows):
            connection.register("piece", _with_keys(piece, keys.take(rows)))
            result[rows[_true_places(connection, where)]] = True
            connection.unregister("piece")
    return result


def _check(connection: Any, where: str, reader: RowReader) -> None:
    """Tries the condition on no row: what is wrong with it is said before a file is read."""
    empty = (
        reader.empty(RAW_COLUMNS)
        .append_column(ROUND, pa.array([], pa.int32()))
        .append_column(KIND, pa.array([], pa.string()))
    )
    connection.register("piece", empty.append_column("_row", pa.array([], pa.int64())))
    try:
        _true_places(connection, where)
    except duckdb.Error as error:
        columns = ", ".join((*RAW_COLUMNS, ROUND, KIND))
        reason = str(error).split("\n")[0]
        raise ConfigError(f"--where {where!r} cannot be used: {reason}; the columns are {columns}") from error
    finally:
        connection.unregister("piece")


def _true_places(connection: Any, where: str) -> NDArray[np.int64]:
    try:
        found = connection.execute(f"SELECT _row FROM piece WHERE (\n{where}\n)").fetchnumpy()
    except duckdb.InvalidInputException as error:
        raise ConfigError(f"--where {where!r} fails on a row: {error}") from error
    return np.asarray(found["_row"], dtype=np.int64)


def _with_keys(piece: Any, keys: KeyColumns) -> Any:
    task = pa.DictionaryArray.from_arrays(arrow_array(keys.task), list(keys.tasks)).cast(pa.string())
    kind = pa.DictionaryArray.from_arrays(arrow_array(keys.kind), list(keys.kinds)).cast(pa.string())
    return (
        piece.append_column(TASK, task)
        .append_column(ROUND, arrow_array(keys.round_index.astype(np.int32)))
        .append_column(KIND, kind)
        .append_column("_row", arrow_array(np.arange(len(keys))))
    )
