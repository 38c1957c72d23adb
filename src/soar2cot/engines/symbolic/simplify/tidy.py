"""Small things: conditions joined, names that are used once or never, arrays where a grid will do."""

from __future__ import annotations

from collections import Counter

from soar2cot.engines.symbolic.language.names import INPUT, RESULT
from soar2cot.engines.symbolic.language.node import Node, bits, node, rewrite, walk
from soar2cot.engines.symbolic.language.truths import negated
from soar2cot.engines.symbolic.simplify.trees import (
    TURNS,
    bindings,
    head_of,
    map_blocks,
    names_in,
    paints,
    pure,
    substitute,
)

MAX_PARTS = 9
MAX_REPEATED = 3  # parts of a value that is said where it is asked for again and again
MAX_ASKED = 16  # parts of a question that a choice asks
_ASKED = frozenset(("any", "all", "not"))
_LOOPS = ("for", "for_every", "for_over", "for_else")


def turn_negations(method: Node) -> Node:
    """`not a is b` as `a is not b`."""

    def one(item: Node) -> Node:
        found = negated(item[0]) if item.op == "not" else item
        return item if found.op == "not" else found

    return rewrite(method, one, bits(["not"]))


def join_conditions(method: Node) -> Node:
    """`if a, if b` as `if a and b`."""

    def one(item: Node) -> Node:
        if item.op == "if" and len(item.args) == 2 and len(item[1].args) == 1:
            inner = item[1][0]
            if inner.op == "if" and len(inner.args) == 2:
                return node("if", node("and", item[0], inner[0]), inner[1].at_lines(item[1].lines))
        return item

    return rewrite(method, one, bits(["if"]))


def drop_empty(method: Node) -> Node:
    """Without loops and choices that do nothing."""

    def one(items: tuple[Node, ...]) -> list[Node]:
        return [found for item in _reached(items) for found in _filled(item)]

    return map_blocks(method, one)


def _reached(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """Without what stands behind an answer or the end of a turn."""
    for index, item in enumerate(items):
        if item.op in ("answer", "give", "stop", "leave", "skip", "fail"):
            return items[: index + 1]
    return items


def _filled(item: Node) -> list[Node]:
    if item.op in ("for", "for_every", "for_over", "for_first", "while") and not item[1].args and pure(item[0]):
        return []
    if item.op == "if" and pure(item[0]):
        if len(item.args) == 3 and not item[2].args:
            item = node("if", item[0], item[1])
        if not item[1].args:
            return [node("if", node("not", item[0]), item[2])] if len(item.args) == 3 else []
    return [item]


def drop_unused(method: Node) -> Node:
    """Without quantities that nobody asks for."""
    while True:
        method = drop_empty(method)
        used = names_in(method)
        bound = bindings(method)
        shorter = map_blocks(method, lambda items, u=used, b=bound: [item for item in items if not _unused(item, u, b)])
        if shorter == method:
            return method
        method = shorter


def _unused(item: Node, used: dict[Node, int], bound: dict[Node, int]) -> bool:
    if item.op == "let" and pure(item[1]):
        if item[0] == item[1]:
            return True
        return all(used[label] <= bound[label] for label in names_in(item[0])) and item[0].op != "at"
    if item.op == "define":
        return used[item[0]] == 1
    return item.op == "nothing"


def inline_single(method: Node) -> Node:
    """A quantity bound once and asked for once, in the statement that follows, is said there."""
    bound = bindings(method)
    used = names_in(method)

    def one(items: tuple[Node, ...]) -> list[Node]:
        found: list[Node] = []
        for item in items:
            last = found[-1] if found else None
            if last is not None and _once(last, item, used, bound):
                found[-1] = _put_in(item, last[0], last[1])
            else:
                found.append(item)
        return found

    return map_blocks(method, one)


def _once(let: Node, following: Node, used: dict[Node, int], bound: dict[Node, int]) -> bool:
    if let.op != "let" or let[0].op not in ("name", "pair") or used[let[0]] != 2 or bound[let[0]] != 1:
        return False
    if not pure(let[1]) or following.op in ("while", "define", "try"):
        return False
    if following == node("answer", RESULT) and let[1].op != "name":
        return False  # it is the same in two sentences
    if sum(1 for _ in walk(let[1])) > (MAX_ASKED if following.op == "if" and let[1].op in _ASKED else MAX_PARTS):
        return False
    head = head_of(following)
    if let[0] not in names_in(head) or let[0] in bindings(following):
        return False
    return sum(1 for _ in walk(let[1])) <= MAX_REPEATED or not _asked_in_turns(head, let[0])


def _asked_in_turns(item: Node, label: Node) -> bool:
    """Whether the name is asked for at every turn of something that is made turn by turn."""
    if label not in names_in(item):
        return False
    turns = [part for part in item.nodes if part.op in TURNS]
    if not turns:
        return any(_asked_in_turns(part, label) for part in item.nodes)
    rest = [part for part in item.nodes if part is not turns[0]]
    return any(label in names_in(part) for part in rest) or _asked_in_turns(turns[0], label)


def _put_in(item: Node, label: Node, value: Node) -> Node:
    return substitute(item, label, value)


def drop_arrays(method: Node) -> Node:
    """The input is not called an array where it makes no difference."""

    def one(items: tuple[Node, ...]) -> list[Node]:
        return [item for item in items if not _is_arraying(item)]

    return map_blocks(method, one)


def take_array(method: Node) -> Node:
    """`let the input be the input as an array` as `take the input as an array`."""

    def one(item: Node) -> Node:
        return node("take_array", item[0]) if item.op == "let" and _is_arraying(item) else item

    return rewrite(method, one, bits(["array"]))


def _is_arraying(item: Node) -> bool:
    return item.op == "let" and item[1].op == "array" and item[0] == item[1][0]


def merge_input(method: Node) -> Node:
    """An array made of the input, which itself is asked for no more, is called the input."""
    source = INPUT
    used, bound = names_in(method), bindings(method)
    for item in method.nodes:
        if item.op == "let" and item[1].op in ("array", "grid_copy") and item[1][0] == source:
            label = item[0]
            if label != source and bound[label] == 1 and used[source] == 1 and "result" not in str(label.args[0]):
                return substitute(method, label, source)
    return method


def drop_as_lists(method: Node) -> Node:
    """An answer need not be told to be lists."""

    def one(item: Node) -> Node:
        return node("answer", item[0][0]) if item.op == "answer" and item[0].op == "as_lists" else item

    return rewrite(method, one, bits(["as_lists"]))


def name_turns(method: Node) -> Node:
    """`for each item in A, cell B becomes the item` as turns over cell B itself."""
    used = names_in(method)
    return rewrite(method, lambda item: _parted_turns(item, used), bits(_LOOPS))


def _parted_turns(item: Node, used: Counter[Node]) -> Node:
    if item.op not in _LOOPS or item[0].op != "each" or not item[1].args:
        return item
    taken, first = item[0][0], item[1][0]
    if first.op != "let" or first[1] != taken or first[0].op not in ("pair", "both") or used[taken] != 2:
        return item
    turns = Node("each", (first[0], item[0][1]), item[0].lines | first.lines)
    return Node(item.op, (turns, Node("block", item[1].args[1:], item[1].lines), *item.args[2:]), item.lines)


def drop_sets(method: Node) -> Node:
    """What is gathered turn by turn as sets only to be gone through needs no sets."""

    def one(item: Node) -> Node:
        if item.op != "listed" or len(item.args) != 2 or item[0].op != "set_of" or item[1].op != "each":
            return item
        return item[1][1] if item[0][0] == item[1][0] else item

    return rewrite(method, one, bits(["set_of"]))


def inline_constants(method: Node) -> Node:
    """A number, a colour or a list of directions bound once is said where it is used."""
    bound = bindings(method)
    for item in [part for part in walk(method) if part.op == "let"]:
        if (
            item[0].op == "name"
            and bound[item[0]] == 1
            and item[1].op in ("int", "colour", "directions", "true", "false")
        ):
            method = substitute(
                map_blocks(method, lambda items, d=item: [i for i in items if i != d]), item[0], item[1]
            )
    return method


def split_groups(method: Node) -> Node:
    """`let A and B be <a, b>` as two sentences, where the second does not need what the first changes."""

    def one(items: tuple[Node, ...]) -> list[Node]:
        return [found for item in items for found in _split(item)]

    return map_blocks(method, one)


def _split(item: Node) -> list[Node]:
    if item.op != "let" or item[0].op != "both" or item[1].op != "tuple" or len(item[0].args) != len(item[1].args):
        return [item]
    targets, values = item[0].nodes, item[1].nodes
    for index, value in enumerate(values):
        if any(label in names_in(value) for target in targets[:index] for label in names_in(target)):
            return [item]
    if any(target.op not in ("name", "pair") for target in targets):
        return [item]
    return [node("let", target, value) for target, value in zip(targets, values, strict=True)]


_EXTREMES = {("min", 0): "top", ("max", 0): "bottom", ("min", 1): "leftmost", ("max", 1): "rightmost"}


def name_extremes(method: Node) -> Node:
    """`the smallest of (r for each r and c in L)` as `the top row of L`."""
    return rewrite(method, _extreme, bits(["min", "max"]))


def _extreme(item: Node) -> Node:
    if item.op not in ("min", "max") or item[0].op not in ("given", "listed") or len(item[0].args) != 2:
        return item
    value, turn = item[0][0], item[0][1]
    if turn.op != "each":
        return item
    side = _side(value, turn[0])
    return node(_EXTREMES[item.op, side], turn[1]) if side is not None else item


def _side(value: Node, target: Node) -> int | None:
    if target.op == "both" and len(target.args) == 2 and value in target.nodes and target[0] != target[1]:
        return target.nodes.index(value)
    if target.op == "pair" and value.op in ("row_of", "column_of") and value[0] == target:
        return 0 if value.op == "row_of" else 1
    if value.op in ("first", "second") and value[0] == target:
        return 0 if value.op == "first" else 1
    return None


def name_crossings(method: Node) -> Node:
    """`row row A, column column A` as `the crossing of row A and column A`."""
    return rewrite(method, _crossing, bits(["at_rc", "row", "column"]))


def _crossing(item: Node) -> Node:
    if item.op == "at_rc" and _noun(item[0]) == "row" and _noun(item[1]) == "column":
        return node("crossing", item[0], item[1])
    if item.op == "row" and _noun(item[1]) == "row":
        return node("whole_row", item[0], item[1])
    if item.op == "column" and _noun(item[1]) == "column":
        return node("whole_column", item[0], item[1])
    return item


def _noun(item: Node) -> str:
    if item.op == "row_of":
        return "row"
    if item.op == "column_of":
        return "column"
    return (
        next((word for word in str(item.args[0]).split() if word in ("row", "column")), "") if item.op == "name" else ""
    )


def name_result(method: Node) -> Node:
    """What is given as the answer is called the result, where nothing else is."""
    answers = [item for item in walk(method) if item.op == "answer"]
    if RESULT in walk(method) or len({item[0] for item in answers}) != 1:
        return method
    answer = answers[0][0]
    if answer == INPUT:
        return _on_a_copy(method)
    if answer.op == "name":
        return substitute(method, answer, RESULT)
    if method[len(method.args) - 1] is not answers[0] or len(answers) > 1:
        return method
    return Node("block", (*method.args[:-1], *_told(answer, answers[0].lines)), method.lines)


def _told(answer: Node, lines: int) -> tuple[Node, Node]:
    return Node("let", (RESULT, answer), lines), Node("answer", (RESULT,), lines)


def _on_a_copy(method: Node) -> Node:
    """An input that is painted on stays as it was given: it is a copy of it that is painted on."""
    if bindings(method)[INPUT]:
        return method
    start = next((index for index, item in enumerate(method.nodes) if paints(item, INPUT)), None)
    if start is None:
        return method
    rest = substitute(Node("block", method.args[start:]), INPUT, RESULT)
    copied = Node("let", (RESULT, Node("copy", (INPUT,))))
    return Node("block", (*method.args[:start], copied, *rest.args), method.lines)


def drop_last_answer(method: Node) -> Node:
    """What is called the result is the answer, where the method says nothing else at its end."""
    last = node("answer", RESULT)
    if len(method.args) <= 3 or method.args[-1] != last or method.below.count(last) > 1:
        return method
    return Node("block", method.args[:-1])
