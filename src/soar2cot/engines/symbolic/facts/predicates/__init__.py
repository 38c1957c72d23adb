"""The registry of predicates: what can be claimed, with which arguments, in which words.

Each has a checker of its own in `check`, which shares nothing with these words. The meaning that both go by stands
in docs/claims.md. Adding one: an entry here, its checker, and a line in a finder of `find`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from soar2cot.engines.symbolic.facts.predicates.cells import CHANGE, WHOLE
from soar2cot.engines.symbolic.facts.predicates.entry import Predicate
from soar2cot.engines.symbolic.facts.predicates.grids import COLOUR, SIZE
from soar2cot.engines.symbolic.facts.predicates.things import LINES, OBJECT, PATTERN, TRAIL

__all__ = ["PREDICATES", "Predicate"]

_ALL = (*SIZE, *COLOUR, *CHANGE, *WHOLE, *OBJECT, *PATTERN, *TRAIL, *LINES)
PREDICATES: Mapping[str, Predicate] = MappingProxyType({entry.id: entry for entry in _ALL})
