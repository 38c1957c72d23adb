"""`--where`: a condition in SQL over the columns of `records`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import duckdb

from soar2cot.errors import ConfigError
from soar2cot.export.files import SCHEMAS, arrow_table
from soar2cot.export.views import Row

LEFT_OUT = "the condition of --where leaves it out"


class Where:
    """A condition, checked when it is made.

    Raises: ConfigError: it is no condition over these columns; the message is the database's own.
    """

    def __init__(self, condition: str | None) -> None:
        self._condition = condition
        if condition is not None:
            self.reasons([])

    def reasons(self, rows: Sequence[Row]) -> list[str]:
        """`""` per row that the condition is true for, else why the row is left out (false or unknown)."""
        if self._condition is None:
            return [""] * len(rows)
        table = arrow_table(rows, "records")
        try:
            with duckdb.connect(config={"enable_external_access": "false"}) as database:
                records = database.from_arrow(table)
                ids = cast("list[tuple[str]]", records.filter(self._condition).project("id").fetchall())
        except duckdb.Error as error:
            columns = ", ".join(SCHEMAS["records"].names)
            raise ConfigError(f"--where {self._condition!r} cannot be used: {error}; columns are: {columns}") from error
        chosen = {row[0] for row in ids}
        return ["" if row["id"] in chosen else LEFT_OUT for row in rows]
