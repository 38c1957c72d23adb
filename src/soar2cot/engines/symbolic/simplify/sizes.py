"""Heights and widths are said where they are used, or not at all, as in `each cell of the input`."""

from __future__ import annotations

from collections import Counter

from soar2cot.engines.symbolic.language.node import Node, bits, integer, node, rewrite, walk
from soar2cot.engines.symbolic.simplify.trees import bindings, map_blocks, substitute

_GRIDS = ("input", "result", "picture", "array", "mask")
_SIZED = bits(["cells_size", "inside_size", "zeros", "zeros_float", "zeros_shape"])


def is_grid(item: Node) -> bool:
    """Whether it is named as a grid."""
    return item.op == "name" and any(noun in str(item.args[0]).split() for noun in _GRIDS)


def inline_sizes(method: Node) -> Node:
    """Names for the height and the width of a grid are replaced by what they mean."""
    method = rewrite(method, _height, bits(["length"]))
    while True:
        meaning = _first(method)
        if meaning is None:
            return rewrite(method, _cells, _SIZED)
        method = map_blocks(method, lambda items, m=meaning: [found for item in items for found in _without(item, m)])
        for label, size in meaning.items():
            method = substitute(method, label, size)


def _height(item: Node) -> Node:
    if item.op != "length":
        return item
    if item[0].op == "row" and is_grid(item[0][0]):
        return node("width", item[0][0])
    return node("height", item[0]) if is_grid(item[0]) else item


def _first(method: Node) -> dict[Node, Node] | None:
    found = [pairs for item in walk(method) if item.op == "let" and (pairs := _meanings(item))]
    counts = bindings(method) if found else Counter[Node]()
    return next((pairs for pairs in found if all(counts[label] == 1 for label in pairs)), None)


def _meanings(item: Node) -> dict[Node, Node]:
    target, value = item[0], item[1]
    if target.op == "name" and value.op in ("height", "width") and is_grid(value[0]):
        return {target: value}
    if target.op != "both" or len(target.args) != 2 or any(part.op != "name" for part in target.nodes):
        return {}
    if value.op == "shape" and is_grid(value[0]):
        return {target[0]: node("height", value[0]), target[1]: node("width", value[0])}
    if value.op == "tuple" and all(part.op in ("height", "width") and is_grid(part[0]) for part in value.nodes):
        return dict(zip(target.nodes, value.nodes, strict=True))
    return {}


def _without(item: Node, meaning: dict[Node, Node]) -> list[Node]:
    return [] if item.op == "let" and _meanings(item) == meaning else [item]


def _cells(item: Node) -> Node:
    if item.op == "cells_size" and _sizes_of(item[1], item[2]):
        return node("cells", item[0], item[1][0])
    if item.op == "inside_size" and _sizes_of(item[1], item[2]):
        return node("inside", item[0], item[1][0])
    if item.op in ("zeros", "zeros_float") and _sizes_of(item[0], item[1]):
        return node("zeros_like_int" if item.op == "zeros" else item.op, *_like(item))
    if item.op == "zeros_shape":
        return _zeros(item)
    return item


def _like(item: Node) -> tuple[Node, ...]:
    return (item[0][0],) if item.op == "zeros" else item.nodes


def _zeros(item: Node) -> Node:
    shape = item[0]
    if shape.op == "shape":
        return node("zeros_like_int", shape[0])
    if shape.op == "tuple" and len(shape.args) == 2:
        return _cells(node("zeros", shape[0], shape[1]))
    return item


def _sizes_of(height: Node, width: Node) -> bool:
    return height.op == "height" and width.op == "width" and height[0] == width[0]


__all__ = ["inline_sizes", "integer", "is_grid"]
