"""How often each kind of fact is true: the share of ARC-AGI-1's 800 tasks, measured by benchmarks/bench_facts.py."""

from __future__ import annotations

from collections.abc import Mapping

SHARE: Mapping[str, float] = {}
