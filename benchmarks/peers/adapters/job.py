"""What every adapter is given and what it must leave; runs in the peer's own environment, so: standard library alone.

    python run_PEER.py ROWS OUT URL IN_FLIGHT

ROWS: a line of JSON per row, `id`, `system`, `user`. OUT: a folder that outlives kills; the same command, given again,
is the way in which the peer's own documentation resumes. At the end `OUT/rows.jsonl` holds a line per finished row,
`id` and `answer` (the parsed object). URL: the server, ending in `/v1`. IN_FLIGHT: calls at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIELDS = ("input_output_analysis", "transformation_method")
SCHEMA = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in FIELDS},
    "required": list(FIELDS),
    "additionalProperties": False,
}
RESPONSE_FORMAT = {"type": "json_schema", "json_schema": {"name": "write", "strict": True, "schema": SCHEMA}}
MODEL = "scripted"
MAX_TOKENS = 16_384


@dataclass(frozen=True)
class Job:
    """See the module."""

    rows_path: Path
    out: Path
    url: str
    in_flight: int

    @property
    def rows(self) -> list[dict[str, str]]:
        """All rows, in order."""
        return [json.loads(line) for line in self.rows_path.read_text().splitlines()]

    def deliver(self, answers: Iterable[tuple[str, Any]]) -> None:
        """Writes what the user of the peer gets in the end: (id, parsed answer), as often as the peer gives it."""
        lines = [json.dumps({"id": name, "answer": checked(answer)}) for name, answer in answers]
        (self.out / "rows.jsonl").write_text("".join(f"{line}\n" for line in lines))


def checked(answer: Any) -> dict[str, str]:
    """The answer as the schema wants it.

    Raises: ValueError: it is another thing.
    """
    value = json.loads(answer) if isinstance(answer, str) else answer
    if not isinstance(value, dict) or any(not isinstance(value.get(name), str) for name in FIELDS):
        raise ValueError(f"no answer of the schema: {answer!r:.200}")
    return value


def given() -> Job:
    """The job on the command line."""
    rows, out, url, in_flight = sys.argv[1:]
    Path(out).mkdir(parents=True, exist_ok=True)
    return Job(Path(rows), Path(out), url, int(in_flight))


def messages(row: dict[str, str]) -> list[dict[str, str]]:
    """The conversation that the row asks for."""
    return [{"role": "system", "content": row["system"]}, {"role": "user", "content": row["user"]}]
