"""What is too much for one sentence, made turn by turn: lists, tables, choices, counts, what is written out."""

from __future__ import annotations

from dataclasses import dataclass

from soar2cot.engines.symbolic.language.counting import MAX_WORDS, n_words
from soar2cot.engines.symbolic.language.names import free_name
from soar2cot.engines.symbolic.language.node import LOOPS, Node, all_lines, bits, integer, node, rewrite
from soar2cot.engines.symbolic.language.phrase import TURNED
from soar2cot.engines.symbolic.language.wholes import name_wholes
from soar2cot.engines.symbolic.phrasebook.book import phrases
from soar2cot.engines.symbolic.phrasebook.effects import EFFECTS
from soar2cot.engines.symbolic.phrasebook.shorten import filled, shorten, taken
from soar2cot.engines.symbolic.phrasebook.spoken import put_in
from soar2cot.engines.symbolic.phrasebook.turns import CHOSEN

# what is made turn by turn or written out, and as what it begins
_MAKING = {
    "listed": node("empty_list"), "gathered": node("empty_set"), "tabled": node("empty_dict"), "how_many": integer(0),
    "grouped": node("empty_dict"), "list": node("nothing"), "dict": node("nothing"),
}  # fmt: skip
_ADDING = {"extend": ("listed", "gathered"), "update": ("gathered", "tabled")}  # what is added turn by turn, if long
_ONE = {"extend": "append", "update": "add", "gathered": "add"}  # how one thing is added
_LISTING = {"give": 0, "answer": 0, "append": 1, **dict.fromkeys(LOOPS, 0)}  # which part is or has the list
_NAME = Node("hole", (0,))
_MOST_CHOSEN, _MOST_GIVEN, _MOST_GROUPED = 11, 15, 10  # words of turns that fit a sentence with all else that it says
_SHORT_CUTS = frozenset(("any", "all", "next", "next_else"))  # do not go through all turns
_VALUES = {"give": 0, "answer": 0, "append": 1, "let": 1, "put": 1}  # which part is the value
_EFFECTS = bits(EFFECTS)
_NTH = ("first", "second", "third")
_SAID = frozenset((*_MAKING, "each_listed", "each_gathered"))
_WRITTEN_OUT = {"list": "extend", "dict": "update"}
_TURNING = frozenset((*_MAKING, *CHOSEN, "given"))
_GATHERED, _BLOCKS = bits(_TURNING), bits(["block"])
_FEW = 4  # things written out that a sentence holds, each said before
_ROUNDS = 3  # what is made turn by turn may hold something that is too long itself


def turn_by_turn(method: Node) -> Node:
    """The method in which no list is too long for its sentence, but what has the words of a whole."""
    if not method.holds(_GATHERED):
        return method
    method = name_wholes(method)
    for _ in range(_ROUNDS):
        before, method = method, rewrite(_with_lists(method), _in_turns, _BLOCKS)
        if method == before:
            break
    return method


def _with_lists(method: Node) -> Node:
    """A list that is too much for the sentence that asks for it, or chooses from it, first gets a name."""
    names = method

    def named(block: Node) -> Node:
        nonlocal names
        if block.op != "block":
            return block
        statements: list[Node] = []
        for statement in block.nodes:
            found = _long_list(statement)
            if found is None:
                statements.append(statement)
                continue
            label = free_name(names, "list")
            names = Node("", (names, label))
            statements.append(Node("let", (label, found.made), all_lines(found.made) or statement.lines))
            statements.append(put_in(statement, {found.part: filled(found.left, (label,))}))
        return block.of(tuple(statements))

    return rewrite(method, named, _BLOCKS)


@dataclass(frozen=True, slots=True)
class _Long:
    """A part of a statement that is too long: the list that gets a name, and what is left of it with that name."""

    part: Node
    made: Node
    left: Node = _NAME


def _long_list(item: Node) -> _Long | None:
    part = item[_LISTING[item.op]] if item.op in _LISTING else node("nothing")
    if item.op in LOOPS:
        part = part[1] if part.op == "each" else part
    if part.op == "listed" or (part.op in _WRITTEN_OUT and len(part.args) > _FEW):
        said = shorten(part)
        return _Long(part, part) if said.op in _SAID and n_words(said) > MAX_WORDS - 3 else None
    if item.op == "let" and item[0] not in item[1].below:
        return _long_source(item[1])
    return None


def _long_source(value: Node) -> _Long | None:
    """What is chosen from, counted or compared, where the turns alone are too long."""
    said = shorten(value)
    if value.op in CHOSEN:
        return _long_choice(value) if _n_turn_words(said) > _MOST_CHOSEN else None
    if value.op in _SHORT_CUTS or value.op in _TURNING or not value.nodes or said.op != value.op:
        return None
    given = value[0]
    if given.op != "given":
        return _long_source(given)
    if said[0].op != "given" or _n_turn_words(said[0]) <= _MOST_GIVEN:
        return None
    return _Long(given, Node("listed", given.args, given.lines))


def _long_choice(value: Node) -> _Long | None:
    turns = value.nodes[2:]
    if len(turns) == 1:
        return None
    targets = [part for turn in turns if turn.op != "that" for part in turn[0].nodes or turn.nodes[:1]]
    turn = node("each", targets[0] if len(targets) == 1 else Node("both", tuple(targets)), _NAME)
    return _Long(value, Node("listed", (taken(turn), *turns)), Node(value.op, (*value.args[:2], turn), value.lines))


def _n_turn_words(said: Node) -> int:
    """The words of the turns in a construct, each condition said before."""
    turns = [part for part in said.nodes if part.op in phrases() and phrases()[part.op].category in TURNED]
    return sum(4 if turn.op.endswith("that") else n_words(turn) for turn in turns)


def _in_turns(block: Node) -> Node:
    """A list that is too much for one sentence is made turn by turn, one that is written out piece by piece."""
    if block.op != "block":
        return block
    statements: list[Node] = []
    for statement in block.nodes:
        if _is_long(statement):
            statements += _made(statement)
        elif _adds_long(statement):
            statements.append(_added(statement[0], statement[1], _ONE[statement.op]).at_lines(statement.lines))
        elif _unpacks_long(statement):
            statements += _unpacked(statement)
        elif _chooses_long(statement):
            statements.append(_chosen_before(statement))
        else:
            statements.append(statement)
    return Node("block", tuple(statements), block.lines)


def _is_long(item: Node) -> bool:
    if item.op != "let" or item[0].op != "name" or item[1].op not in _MAKING or item[0] in item[1].below:
        return False
    said = shorten(item)
    if said[1].op == "grouped":
        return _n_turn_words(said[1]) > _MOST_GROUPED
    return said[1].op in _SAID and n_words(said) > MAX_WORDS


def _adds_long(item: Node) -> bool:
    if item.op not in _ADDING or item[1].op not in _ADDING[item.op] or item[0].op != "name":
        return False
    return item[0] not in item[1].below and n_words(shorten(item)) > MAX_WORDS


def _unpacks_long(item: Node) -> bool:
    """Whether several groups of names become the first items of something that has a name."""
    if item.op != "let" or item[0].op != "both" or any(part.op != "both" for part in item[0].nodes):
        return False
    firsts = item[1]
    cut = firsts.op == "items" and firsts[0].op == "name" and firsts[1] == node("before", integer(len(item[0].args)))
    return cut and n_words(shorten(item)) > MAX_WORDS


def _chooses_long(item: Node) -> bool:
    """Whether it takes one of two values by a question that must stand in its own sentence, and is too long."""
    value = item[_VALUES[item.op]] if item.op in _VALUES else item
    return value.op == "if_else" and value[0].holds(_EFFECTS) and n_words(shorten(item)) > MAX_WORDS


def _chosen_before(item: Node) -> Node:
    at = _VALUES[item.op]
    asked, *values = item[at].nodes
    done = [Node("block", (item.of((*item.args[:at], value, *item.args[at + 1 :])),)) for value in values]
    return Node("if", (asked, *done), item.lines)


def _unpacked(item: Node) -> list[Node]:
    kept = item[1][0]
    return [Node("let", (names, _nth(kept, at)), item.lines) for at, names in enumerate(item[0].nodes)]


def _nth(kept: Node, at: int) -> Node:
    return node(_NTH[at], kept) if at < len(_NTH) else node("item", kept, integer(at))


def _made(item: Node) -> list[Node]:
    name, made = item[0], item[1]
    if made.op in _WRITTEN_OUT:
        return [piece.at_lines(item.lines) for piece in _pieces(name, made)]
    return [
        Node("let", (name, _MAKING[made.op]), item.lines),
        _added(name, made, _ONE.get(made.op, "append")).at_lines(item.lines),
    ]


def _added(name: Node, made: Node, add: str) -> Node:
    """What is made, added to what the name stands for, turn by turn; `add` says how one thing is added."""
    if made.op == "tabled":
        body, turns = node("put", node("entry", name, made[0]), made[1]), made.nodes[2:]
    elif made.op == "grouped":
        kept = node("set_default", name, made[1], node("empty_list"))
        body, turns = node("append", kept, made[0]), made.nodes[2:]
    elif made.op == "how_many":
        body, turns = node("grow", name, integer(1)), made.nodes
    else:
        body, turns = node(add, name, made[0]), made.nodes[1:]
    for turn in reversed(turns):
        block = Node("block", (body,))
        body = node("if", turn[0], block) if turn.op == "that" else node("for", turn, block)
    return body


def _pieces(name: Node, made: Node) -> list[Node]:
    """Statements that together make what is written out, each with as many items as fit a sentence."""
    found: list[Node] = []
    for item in made.nodes:
        longer = Node(found[-1].op, (name, Node(made.op, (*found[-1][1].args, item)))) if found else None
        if longer is not None and n_words(shorten(longer)) <= MAX_WORDS:
            found[-1] = longer
        else:
            found.append(Node(_WRITTEN_OUT[made.op] if found else "let", (name, Node(made.op, (item,)))))
    return [found[0], *map(_alone, found[1:])]


def _alone(added: Node) -> Node:
    """One item that is added, without a list around it."""
    name, made = added[0], added[1]
    if len(made.args) > 1 or made[0].op == "splat":
        return added
    if made.op == "list":
        return node("append", name, made[0])
    return node("put", node("entry", name, made[0][0]), made[0][1])
