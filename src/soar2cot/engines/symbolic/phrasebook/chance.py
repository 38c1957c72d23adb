"""What programs leave to chance. It has words; who follows a text stops there, as no grid is the right one."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.phrase import EXPRESSION, STATEMENT
from soar2cot.engines.symbolic.phrasebook.entry import entry, of_category

_STOPS = "f_by_chance()"

ENTRIES = (
    entry("one_by_chance", "one of {0} by chance", "np.random.choice(_0)", "random.choice(_0)", run=_STOPS),
    entry(
        "many_by_chance",
        "items of {0} by chance in shape {1}",
        "np.random.choice(_0, size=_1)",
        "np.random.choice(_0, _1)",
        run=_STOPS,
    ),
    entry(
        "some_by_chance", "{1} items of {0} by chance", "random.sample(_0, _1)", "random.choices(_0, k=_1)", run=_STOPS
    ),
    entry(
        "share_by_chance",
        "a number below 1 by chance",
        "np.random.rand()",
        "np.random.random()",
        "random.random()",
        run=_STOPS,
    ),
    entry(
        "number_by_chance",
        "a number from {0} to before {1} by chance",
        "np.random.randint(_0, _1)",
        "random.randrange(_0, _1)",
        run=_STOPS,
    ),
    entry("number_up_to_by_chance", "a number from {0} to {1} by chance", "random.randint(_0, _1)", run=_STOPS),
    of_category(
        STATEMENT, "shuffle", "shuffle {0:50} by chance", "random.shuffle(_0)", "np.random.shuffle(_0)", run=_STOPS
    ),
    of_category(STATEMENT, "seed", "start chance at {0:0}", "np.random.seed(_0)", "random.seed(_0)", run="pass"),
)
DRAWN = frozenset(row.phrase.op for row in ENTRIES if row.phrase.category == EXPRESSION)
