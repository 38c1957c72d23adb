"""Near-duplicates: methods of one task that say nearly the same, found by MinHash, confirmed by Jaccard."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from soar2cot.export.views import Row

THRESHOLD = 0.8
_SHINGLE = 4
_N_HASHES = 64
_ROWS_PER_BAND = 4
_MAX_COMPARED = 64  # a task with thousands of texts just below the threshold must not take their square
_PRIME = (1 << 31) - 1
REASON = "near-duplicates of it are kept already"


def beyond_cap(rows: Sequence[Row], cap: int | None) -> list[str]:
    """`""` per row that is kept, else why not. Of a group of near-duplicates the `cap` best are kept.

    Better is a higher training score, then a higher test score, then the earlier sample. Rows of different tasks
    are never compared. None keeps all.
    """
    if cap is None:
        return [""] * len(rows)
    order = sorted(range(len(rows)), key=lambda i: _rank(rows[i]))
    groups: defaultdict[str, _Groups] = defaultdict(_Groups)
    kept = {i for i in order if groups[rows[i]["task_id"]].add(rows[i]["transformation_method"]) <= cap}
    return ["" if i in kept else REASON for i in range(len(rows))]


def _rank(row: Row) -> tuple[float, float, int, str]:
    return -row["training_score"], -row["best_test_score"], row["round_index"], row["data_type"]


@dataclass
class _Groups:
    """The near-duplicate groups of one task; a group is known by its first member."""

    sizes: list[int] = field(default_factory=list[int])
    shingles: list[frozenset[int]] = field(default_factory=list["frozenset[int]"])
    by_band: defaultdict[tuple[int, bytes], list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, text: str) -> int:
        """Puts the text into its group; gives the size of the group by then."""
        shingles = _shingles(text)
        bands = _bands(shingles)
        candidates = dict.fromkeys(group for band in bands for group in self.by_band.get(band, [])[:_MAX_COMPARED])
        for group in islice(candidates, _MAX_COMPARED):
            if _jaccard(shingles, self.shingles[group]) >= THRESHOLD:
                self.sizes[group] += 1
                return self.sizes[group]
        for band in bands:
            self.by_band[band].append(len(self.sizes))
        self.sizes.append(1)
        self.shingles.append(shingles)
        return 1


def _shingles(text: str) -> frozenset[int]:
    """CRC-32 of every run of four words; numbers and signs count as words, case does not."""
    words = re.findall(r"\w+|[^\w\s]", text.lower())
    runs = [" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))]
    return frozenset(zlib.crc32(run.encode()) & 0x7FFFFFFF for run in runs)


def _bands(shingles: frozenset[int]) -> list[tuple[int, bytes]]:
    values = np.fromiter(sorted(shingles), dtype=np.int64, count=len(shingles))
    factors, shifts = _hash_functions()
    least: NDArray[np.int64] = ((values[:, None] * factors + shifts) % _PRIME).min(axis=0)
    return [(i, least[i : i + _ROWS_PER_BAND].tobytes()) for i in range(0, _N_HASHES, _ROWS_PER_BAND)]


@cache
def _hash_functions() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    random = np.random.default_rng(20240117)
    return random.integers(1, _PRIME, _N_HASHES), random.integers(0, _PRIME, _N_HASHES)


def _jaccard(a: frozenset[int], b: frozenset[int]) -> float:
    return len(a & b) / len(a | b)
