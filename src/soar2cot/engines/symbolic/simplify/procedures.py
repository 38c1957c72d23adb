"""Procedures that need not be one: a rule in one expression, or a body that is done once."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.node import Node, bits, node, rewrite, walk
from soar2cot.engines.symbolic.simplify.trees import bindings, map_blocks, names_in, pure, substitute


def _parameters(define: Node) -> tuple[Node, ...]:
    if len(define.args) < 3:
        return ()
    return define[2].nodes if define[2].op == "both" else (define[2],)


def inline_rules(method: Node) -> Node:
    """A procedure that only gives one expression is said where it is used."""
    for define in [item for item in walk(method) if item.op == "define"]:
        body = define[1]
        parameters = _parameters(define)
        if len(body.args) != 1 or body[0].op != "give" or any(part.op not in ("name", "pair") for part in parameters):
            continue
        if define[0] in names_in(body):
            continue
        changed = rewrite(method, lambda item, d=define, p=parameters: _said(item, d, p), bits(["call", "call0"]))
        if names_in(changed)[define[0]] == 1:
            method = map_blocks(changed, lambda items, label=define[0]: [i for i in items if not _defines(i, label)])
    return method


def _defines(item: Node, label: Node) -> bool:
    return item.op == "define" and item[0] == label


def _said(item: Node, define: Node, parameters: tuple[Node, ...]) -> Node:
    if item.op not in ("call", "call0") or item[0] != define[0]:
        return item
    arguments = item.nodes[1:]
    if len(arguments) != len(parameters) or not all(pure(part) for part in arguments):
        return item
    return _fill(define[1][0][0], parameters, arguments)


def _fill(body: Node, parameters: tuple[Node, ...], arguments: tuple[Node, ...]) -> Node:
    meaning: dict[Node, Node] = {}
    for parameter, argument in zip(parameters, arguments, strict=True):
        if parameter.op == "pair" and argument.op == "at_rc":
            meaning[node("row_of", parameter)] = argument[0]
            meaning[node("column_of", parameter)] = argument[1]
        meaning[parameter] = argument
    return _replace(body, meaning)


def _replace(item: Node, meaning: dict[Node, Node]) -> Node:
    if item in meaning:
        return meaning[item]
    args = tuple(_replace(part, meaning) if isinstance(part, Node) else part for part in item.args)
    return item if args == item.args else Node(item.op, args, item.lines)


def inline_once(method: Node) -> Node:
    """A procedure that is done once, and ends with what it gives, stands where it is done."""
    for _ in range(8):
        shorter = _inline_one(method)
        if shorter == method:
            return method
        method = shorter
    return method


def _inline_one(method: Node) -> Node:
    used = names_in(method)
    bound = bindings(method)
    for define in [item for item in walk(method) if item.op == "define"]:
        if used[define[0]] != 2 or not _straight(define) or define[0] in names_in(define[1]):
            continue
        parameters = _parameters(define)
        if any(part.op not in ("name", "pair") for part in parameters):
            continue
        found: list[bool] = []

        def one(items: tuple[Node, ...], d: Node = define, seen: list[bool] = found) -> list[Node]:
            return [part for item in items for part in _expanded(item, d, bound, seen)]

        changed = map_blocks(method, one)
        if found:
            return map_blocks(changed, lambda items, label=define[0]: [i for i in items if not _defines(i, label)])
    return method


def _straight(define: Node) -> bool:
    gives = [item for item in walk(define[1]) if item.op in ("give", "stop", "shares")]
    return not gives or (len(gives) == 1 and define[1].nodes[-1:] == (gives[0],))


def _expanded(item: Node, define: Node, bound: dict[Node, int], seen: list[bool]) -> list[Node]:
    call = item[1] if item.op in ("let", "put") else item[0] if item.op in ("do", "answer", "give") else None
    if call is None or call.op not in ("call", "call0") or call[0] != define[0]:
        return [item]
    parameters, arguments = _parameters(define), call.nodes[1:]
    if len(parameters) != len(arguments):
        return [item]
    seen.append(True)
    body, lets = define[1], []
    for parameter, argument in zip(parameters, arguments, strict=True):
        if argument.op == parameter.op and bound[parameter] == 1 and bound[argument] <= 1:
            body = substitute(body, parameter, argument)
        else:
            lets.append(node("let", parameter, argument))
    statements = list(body.nodes)
    value = Node("none")
    if statements and statements[-1].op == "give":
        value = statements.pop()[0]
    if item.op == "do":
        return [*lets, *statements]
    last = Node(item.op, (*item.nodes[:-1], value))
    return [*lets, *statements, last]
