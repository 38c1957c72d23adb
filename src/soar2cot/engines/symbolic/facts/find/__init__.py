"""What is true of the pairs: proposals by family, each true on every training pair when it leaves here."""

from __future__ import annotations

from soar2cot.engines.symbolic.facts.claims import Claim
from soar2cot.engines.symbolic.facts.find import change, objects, palette, pattern, size, whole
from soar2cot.engines.symbolic.facts.find.view import Views

FAMILIES = (size.find, palette.find, change.find, whole.find, objects.find, pattern.find)


def find_all(views: Views) -> list[Claim]:
    """Every fact about all pairs that some family can state, in the order of the families."""
    return [claim for find in FAMILIES for claim in find(views)]
