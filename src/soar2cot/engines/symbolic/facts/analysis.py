"""The analysis: what holds for all training pairs, then a line per pair."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from soar2cot.challenge import Challenge
from soar2cot.engines.symbolic.facts.check import holds
from soar2cot.engines.symbolic.facts.choose import Chosen, choose
from soar2cot.engines.symbolic.facts.claims import Claim, Scope, States
from soar2cot.engines.symbolic.facts.find import find_all
from soar2cot.engines.symbolic.facts.find.view import GridView, PairView, Views
from soar2cot.engines.symbolic.facts.sentences import render
from soar2cot.engines.symbolic.facts.text import bind_once, lowered, sentence
from soar2cot.errors import NoInstructionError

_MOVES = 3
_TALLY = 4


def per_pair(views: Views) -> list[list[Claim]]:
    """A line's worth of claims for each pair: the sizes that vary, what there is, what changes."""
    return [list(_pair(views, pair, Scope("pair", index))) for index, pair in enumerate(views.pairs)]


def _pair(views: Views, pair: PairView, scope: Scope) -> Iterator[Claim]:
    if len({view.shape for view in views.inputs}) > 1:
        yield Claim("input_is", (), scope, pair.before.shape)
    yield from holdings(pair.before, views.background, scope)
    if not pair.same_shape:
        yield from _output(views, pair.after, scope)
    elif pair.n_changed:
        yield change(pair, scope)
    else:
        yield Claim("no_change", (), scope)


def _output(views: Views, view: GridView, scope: Scope) -> Iterator[Claim]:
    """The size where it varies, the cells by colour where they are few."""
    few = len(view.colours) <= _TALLY
    if len({one.shape for one in views.outputs}) > 1 or not few:
        yield Claim("output_is", (), scope, view.shape)
    if few:
        yield Claim("output_tally", (tuple((c, view.counts[c]) for c in view.colours),), scope)


def holdings(view: GridView, background: int | None, scope: Scope) -> Iterator[Claim]:
    """What a grid holds besides the background: its cells by colour, its shapes."""
    if background is None:
        return
    counts = tuple((c, view.counts[c]) for c in view.colours if c != background)
    if background in view.colours and 0 < len(counts) <= _TALLY:
        yield Claim("input_tally", (counts, background), scope)


def change(pair: PairView, scope: Scope) -> Claim:
    """How many cells change, from which colour to which; only the number of new colours where there are many."""
    if len(pair.moves) == 1:
        return Claim("changes_one", (pair.n_changed, *pair.moves[0][:2]), scope)
    if len(pair.moves) <= _MOVES:
        return Claim("changes", (pair.n_changed, tuple(pair.moves)), scope)
    targets = {new for _, new, _ in pair.moves}
    if len(targets) == 1:
        return Claim("changes_to", (pair.n_changed, *targets), scope)
    return Claim("changes_many", (pair.n_changed, len(targets)), scope)


class Facts:
    """What is known of a puzzle: measured once, and each claim checked once, however many texts use it."""

    def __init__(self, challenge: Challenge) -> None:
        self.challenge = challenge
        self._checked: set[Claim] = set()

    @cached_property
    def views(self) -> Views:
        """What is measured on the pairs."""
        return Views(self.challenge)

    @cached_property
    def chosen(self) -> Chosen:
        """The facts about all pairs that are worth saying."""
        return choose(find_all(self.views))

    @cached_property
    def lines(self) -> list[list[Claim]]:
        """The claims about each pair."""
        return per_pair(self.views)

    @property
    def claims(self) -> list[Claim]:
        """Every claim of the analysis, in the order in which they are said."""
        return [*self.chosen.claims, *(claim for line in self.lines for claim in line)]

    @cached_property
    def analysis(self) -> str:
        """The analysis as text. Raises: NoInstructionError: a claim did not pass its check."""
        self.assure(self.claims)
        first = " ".join(sentences(self.chosen, wording(self.challenge)))
        rows = [f"Pair {index}: {'; '.join(map(render, line))}." for index, line in enumerate(self.lines, start=1)]
        return bind_once((line, False) for line in (first, *rows) if line)

    def put_away(self) -> None:
        """Keeps what was found and lets go of what it was measured on: for facts that are asked again much later."""
        self.__dict__.pop("views", None)

    def assure(self, claims: Iterable[Claim]) -> None:
        """Every claim about the puzzle itself is checked before a word of it is written.

        Raises: NoInstructionError: one is false.
        """
        new = set(claims) - self._checked
        assure(new, States(self.challenge))
        self._checked |= new


def assure(claims: Collection[Claim], states: States) -> None:
    """Checks every claim. Raises: NoInstructionError: one is false; nothing false is ever written."""
    wrong = [claim for claim in claims if not holds(claim, states)]
    if wrong:
        raise NoInstructionError(
            f"task {states.challenge.task_id}: {len(wrong)} of {len(claims)} claims failed their check, first "
            f"{wrong[0]}; the sample is parked, please report it"
        )


def wording(challenge: Challenge) -> int:
    """Which phrasings a challenge gets: always the same for the same task."""
    return sum(map(ord, challenge.task_id))


def sentences(facts: Chosen, variant: int) -> list[str]:
    """The frame as one sentence, then a sentence per fact."""
    frame = "; ".join(lowered(render(claim, variant=variant)) for claim in facts.frame)
    rest = [render(claim, variant=variant + place) for place, claim in enumerate(facts.facts)]
    return [sentence(words) for words in (frame, *rest) if words]
