"""The schema and its history: named statements, numbered migrations, and how far a ledger has come.

sql/<backend>.sql          statements, `-- name:` and a line on what each gives
sql/<backend>_0001.sql     the schema as first released, then one file a change; applied in order, each in one
                           transaction with its record
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from soar2cot.errors import LedgerError

_NAME = re.compile(r"^-- name: (\w+)\n((?:--.*\n)*)", re.MULTILINE)


@cache
def statements(backend: str) -> dict[str, str]:
    """The named statements of a backend, without their comments."""
    text = _read(f"{backend}.sql")
    marks = list(_NAME.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return {
        mark.group(1): text[mark.end() : end].strip().removesuffix(";") for mark, end in zip(marks, ends, strict=True)
    }


@cache
def migrations(backend: str) -> dict[int, tuple[str, ...]]:
    """The migrations of a backend: version → its statements, in order."""
    pattern = re.compile(rf"{backend}_(\d+)\.sql")
    found = (pattern.fullmatch(item.name) for item in resources.files("soar2cot.ledger.sql").iterdir())
    names = sorted(match.group(0) for match in found if match)
    return {int(name.rpartition("_")[2].removesuffix(".sql")): _split(_read(name)) for name in names}


def pending(backend: str, version: int, *, url: str) -> dict[int, tuple[str, ...]]:
    """The migrations that a ledger at `version` still needs.

    Raises: LedgerError: the ledger was written by a newer soar2cot.
    """
    known = migrations(backend)
    if version > max(known):
        raise LedgerError(
            f"ledger {url}: written by a newer soar2cot (schema {version}, this one knows {max(known)}); "
            "upgrade soar2cot, nothing was changed"
        )
    return {number: script for number, script in known.items() if number > version}


def _split(script: str) -> tuple[str, ...]:
    lines = [line for line in script.splitlines() if not line.lstrip().startswith("--")]
    parts = "\n".join(lines).split(";\n")
    return tuple(part.strip().removesuffix(";") for part in parts if part.strip())


def _read(name: str) -> str:
    return (resources.files("soar2cot.ledger.sql") / name).read_text(encoding="utf-8")
