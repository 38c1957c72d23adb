"""On real puzzles: all that is said is true, seeded faults are caught, by the command that prints the figures."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[2] / "benchmarks" / "bench_facts.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """The benchmark as a module."""
    spec = importlib.util.spec_from_file_location("bench_facts", BENCH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_facts"] = module
    spec.loader.exec_module(module)
    return module


def test_every_claim_about_arc_tasks_is_true_and_seeded_faults_are_caught(bench: ModuleType) -> None:
    figures = bench.measure(list(bench.arc_cases())[7::50], faults=1)
    assert figures.challenges == 16
    assert figures.errors == []
    assert sum(figures.facts.values()) > 80
    assert sum(figures.false_facts.values()) == 0
    assert figures.false_texts == 0
    assert min(figures.seeded.values()) >= 40
    for kind, n in figures.seeded.items():
        assert figures.caught[kind] / n >= 0.95, figures.missed


def test_a_liar_is_found_out(bench: ModuleType) -> None:
    cases = list(bench.arc_cases())[:3]
    swapped = [bench.Case(case.challenge, case.outputs) for case in cases]
    texts = [bench.analyse(case.challenge) for case in cases]
    for case, text in zip(swapped, texts[1:] + texts[:1], strict=True):
        assert bench.check_text(text, case.challenge) != ()
