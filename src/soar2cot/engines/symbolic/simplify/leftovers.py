"""What an idiom leaves behind: marks that nobody asks for any more, values that are replaced unasked."""

from __future__ import annotations

from collections import Counter

from soar2cot.engines.symbolic.language.node import Node, walk
from soar2cot.engines.symbolic.simplify.aliases import free_uses, inline_aliases
from soar2cot.engines.symbolic.simplify.tidy import drop_unused
from soar2cot.engines.symbolic.simplify.trees import bindings, map_blocks, names_in, pure

_WRITES = frozenset(("let", "put", "append", "add", "extend", "update", "discard"))


_FRESH = frozenset(
    (
        "empty_list", "empty_set", "empty_dict", "list_table", "set_table", "zero_table", "empty_tally", "blank",
        "blank_like", "grid_copy", "copy", "zeros", "zeros_like", "zeros_bool", "zeros_like_bool", "zeros_shape",
        "listed", "gathered", "tabled", "list", "set", "set_of", "list_of", "int", "colour", "true", "false",
    )
)  # fmt: skip


def drop_leftovers(method: Node) -> Node:
    """The method without them; procedures that only do themselves go too."""
    before, method = None, inline_aliases(method)
    while method is not before:
        before = method
        method = map_blocks(drop_unused(method), _without_replaced)
        marks = _only_written(method)
        if marks:
            method = map_blocks(method, lambda items, m=marks: [item for item in items if not _writes(item, m)])
        method = map_blocks(method, lambda items, m=method: [item for item in items if not _never_asked(item, m)])
        used = names_in(method)
        method = map_blocks(method, lambda items, u=used: [item for item in items if not _does_itself(item, u)])
    return method


def _without_replaced(items: tuple[Node, ...]) -> list[Node]:
    found: list[Node] = []
    for item in items:
        last = found[-1] if found else None
        if last is not None and _replaces(item, last):
            found.pop()
        found.append(item)
    return found


def _replaces(item: Node, last: Node) -> bool:
    if item.op != "let" or last.op != "let" or item[0] != last[0] or item[0].op != "name":
        return False
    return pure(last[1]) and item[0] not in names_in(item[1])


def _never_asked(item: Node, method: Node) -> bool:
    """Whether nobody asks for what is bound: whoever has the same name binds it anew."""
    return item.op == "let" and item[0].op in ("name", "pair") and pure(item[1]) and _is_alone(item, method)


def _is_alone(let: Node, method: Node) -> bool:
    if "result" in str(let[0].args[0]):
        return False
    return names_in(method)[let[0]] == 1 or free_uses(method, let[0]) == 1


def _does_itself(item: Node, used: dict[Node, int]) -> bool:
    return item.op == "define" and used[item[0]] == names_in(item)[item[0]]


def _only_written(method: Node) -> frozenset[Node]:
    """Names of which nothing is ever asked: all that is done with them is to bind them and to write into them."""
    written: Counter[Node] = Counter()
    for item in walk(method):
        target = _written(item)
        if target is not None:
            written[target] += 1
    used, bound = names_in(method), bindings(method)
    lets = Counter(item[0] for item in walk(method) if item.op == "let" and item[1].op in _FRESH)  # of nothing else
    return frozenset(
        label
        for label, n in written.items()
        if n > lets[label] and used[label] == n and bound[label] == lets[label] and "result" not in str(label.args[0])
    )


def _written(item: Node) -> Node | None:
    """What a statement that does nothing else writes into."""
    if item.op not in _WRITES or not all(map(pure, item.nodes[1:])):
        return None
    target = item[0][0] if item[0].op in ("at", "entry") and item.op == "put" else item[0]
    held = item[0].nodes[1:] if target is not item[0] else ()
    if target.op != "name" or str(target.args[0]) == "the input" or not all(map(pure, held)):
        return None
    return target


def _writes(item: Node, marks: frozenset[Node]) -> bool:
    return _written(item) in marks
