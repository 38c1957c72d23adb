"""The language: every construct has words, and the words mean that construct and no other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soar2cot.engines.symbolic.language.node import Node, integer, name, node
from soar2cot.engines.symbolic.language.phrase import LEADS, Phrase, Slot
from soar2cot.engines.symbolic.language.reader import Reader
from soar2cot.engines.symbolic.language.text import read_text, write_text
from soar2cot.engines.symbolic.language.tokens import join, tokens
from soar2cot.engines.symbolic.language.writer import say
from soar2cot.engines.symbolic.phrasebook.book import ENTRIES, phrases

ATOMS = [name("list A"), name("count B"), Node("pair", ("cell C",)), name("the number"), integer(7)]
FILLING = {
    "e": ATOMS,
    "t": [name("item E")] * 4,
    "sel": [node("from", name("number F"))] * 4,
    "each": [node("each", name("item G"), name("list H"))] * 4,
    **{lead: [Node(f"{lead} each", (name("item G"), name("list H")))] * 4 for lead in LEADS},
}
PAIRED = ("dict", "remap", "recolour")


def example(entry: Phrase) -> Node:
    if entry.op == "put":  # a part of something: a whole name would be bound by `let`, in the same words
        return node("put", node("at", ATOMS[0], ATOMS[2]), ATOMS[1])
    parts: dict[int, Node] = {}
    for slot in entry.pieces:
        if isinstance(slot, Slot):
            parts[slot.index] = FILLING[slot.category][slot.index % len(FILLING[slot.category])]
            if slot.rest:
                parts[slot.index] = _rest(entry.op, slot)
                parts[slot.index + 1] = _rest(entry.op, slot)
    return Node(entry.op, tuple(parts[index] for index in sorted(parts)))


def _rest(op: str, slot: Slot) -> Node:
    if op == "directions":
        return Node("dir", (0, 1))
    return node("key_value", integer(1), integer(2)) if op in PAIRED else FILLING[slot.category][slot.index]


@pytest.mark.parametrize("op", phrases())
def test_every_phrase_reads_back_as_itself(op: str) -> None:
    entry = phrases()[op]
    item = example(entry)
    words = say(item, 0, entry.category)
    assert Reader([*words, "."]).read(0, 0, entry.category) == (item, len(words))


def test_no_two_phrases_share_a_name() -> None:
    ops = [entry.phrase.op for entry in ENTRIES]
    assert len(ops) == len(set(ops))


_LEAVES = st.one_of(
    st.sampled_from(ATOMS),
    st.integers(-20, 20).map(integer),
    st.integers(0, 9).map(lambda value: Node("colour", (value,))),
)
_UNARY = ("not", "length", "max", "height", "negative", "half", "row_of", "sorted", "first", "reversed_copy", "above")
_BINARY = (
    "plus",
    "minus",
    "times",
    "and",
    "or",
    "eq",
    "lt",
    "in",
    "at",
    "mod",
    "item",
    "row",
    "max2",
    "zip",
    "both_marked",
)


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(node, st.sampled_from(_UNARY), inner),
        st.builds(node, st.sampled_from(_BINARY), inner, inner),
        st.builds(node, st.just("if_else"), inner, inner, inner),
        st.builds(node, st.just("list"), inner, inner),
        st.builds(lambda a, b: node("listed", a, node("each", name("item A"), b)), inner, inner),
        st.builds(lambda a, b: node("call", name("procedure A"), a, b), inner, inner),
    )


EXPRESSIONS = st.recursive(_LEAVES, _grown, max_leaves=8)


@settings(max_examples=100, deadline=None)
@given(EXPRESSIONS)
def test_expressions_of_any_depth_round_trip(item: Node) -> None:
    words = tokens(join(say(item)))
    assert Reader([*words, "."]).read(0) == (item, len(words))


_SIMPLE = st.one_of(
    st.builds(lambda value: node("let", name("the value"), value), EXPRESSIONS),
    st.builds(lambda value: node("append", name("list A"), value), _LEAVES),
    st.just(Node("skip")),
    st.just(Node("leave")),
)


def _nested(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    block = st.lists(inner, min_size=1, max_size=3).map(lambda items: Node("block", tuple(items)))
    return st.one_of(
        st.builds(lambda test, yes: node("if", test, yes), EXPRESSIONS, block),
        st.builds(lambda test, yes, no: node("if", test, yes, no), EXPRESSIONS, block, block),
        st.builds(lambda body: node("for", node("each", name("the item"), name("list A")), body), block),
        st.builds(lambda test, body: node("while", test, body), EXPRESSIONS, block),
        st.builds(lambda body: node("define", name("procedure A"), body, name("item A")), block),
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.recursive(_SIMPLE, _nested, max_leaves=6), min_size=1, max_size=5))
def test_methods_round_trip_through_their_text(statements: list[Node]) -> None:
    method = Node("block", tuple(statements))
    assert read_text(write_text(method)) == method
