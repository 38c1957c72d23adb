"""docs/durability.md speaks of every fault point, and the tests that it names are there."""

from __future__ import annotations

import re
from pathlib import Path

from soar2cot import faults

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "durability.md").read_text()


def test_every_fault_point_has_its_row_and_no_row_is_stale() -> None:
    rows = re.findall(r"^\| `([a-z._]+)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(faults.POINTS)


def test_every_fault_point_is_in_the_code() -> None:
    sources = [path.read_text() for path in (ROOT / "src").rglob("*.py") if path.name != "faults.py"]
    text = "\n".join(sources)
    assert [name for name in faults.POINTS if f'point("{name}")' not in text] == []


def test_the_tests_that_the_table_names_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named
    assert {name for name in named if not list((ROOT / "tests").rglob(f"{name}.py"))} == set()
