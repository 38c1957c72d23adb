"""Calls of libraries in their usual form: by place what is mostly given by place, one word for all whole numbers."""

# Values here are of any type by nature (what a syntax tree holds).
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import ast

_PLACES = {
    "full": ("shape", "fill_value"), "full_like": ("a", "fill_value"), "zeros": ("shape",), "ones": ("shape",),
    "empty": ("shape",), "tile": ("A", "reps"), "repeat": ("a", "repeats"), "clip": ("a", "a_min", "a_max"),
    "rot90": ("m", "k"), "pad": ("array", "pad_width"), "roll": ("a", "shift"), "select": ("condlist", "choicelist"),
    "append": ("arr", "values"), "argwhere": ("a",), "stack": ("arrays",),
}  # fmt: skip
_WITH_KIND = {"array": 1, "asarray": 1, "full": 2}  # the place at which the kind of numbers may stand
_WHOLE = frozenset(("int", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "int_", "intp"))
_LEFT_OUT = {"array": ("copy",), "full_like": ("dtype",), "eye": ("dtype",), "identity": ("dtype",)}
_MORPHED = {
    "binary_opening": ("binary_erosion", "binary_dilation"),
    "binary_closing": ("binary_dilation", "binary_erosion"),
}


def usual(call: ast.Call) -> ast.expr:
    """The call in its usual form; any other call as it is."""
    func = call.func
    if not isinstance(func, ast.Attribute):
        return call
    of_numpy = isinstance(func.value, ast.Name) and func.value.id in ("np", "ndimage")
    if func.attr == "astype" and len(call.args) == 1:
        call.args = [_kind(call.args[0])]
    for part in call.keywords:
        if part.arg == "dtype":
            part.value = _kind(part.value)
    if not of_numpy:
        return call
    _by_place(call, func.attr)
    rule = _RULES.get(func.attr)
    return ast.copy_location(rule(call), call) if rule is not None else call


def _kind(item: ast.expr) -> ast.expr:
    label = item.attr if isinstance(item, ast.Attribute) else item.value if isinstance(item, ast.Constant) else ""
    if label in _WHOLE:
        return ast.copy_location(ast.Name("int", ast.Load()), item)
    return ast.copy_location(ast.Name("bool", ast.Load()), item) if label == "bool" else item


def _by_place(call: ast.Call, label: str) -> None:
    given = {part.arg: part.value for part in call.keywords}
    for wanted in _PLACES.get(label, ())[len(call.args) :]:
        if wanted not in given:
            break
        call.args.append(given[wanted])
        call.keywords = [part for part in call.keywords if part.arg != wanted]
    place = _WITH_KIND.get(label)
    if place is not None and len(call.args) == place + 1:
        call.keywords.append(ast.keyword("dtype", _kind(call.args.pop())))
    call.keywords = [part for part in call.keywords if part.arg not in _LEFT_OUT.get(label, ())]


def _of(module: str, label: str, *args: ast.expr, keywords: tuple[ast.keyword, ...] = ()) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name(module, ast.Load()), label, ast.Load()), list(args), list(keywords))


def _select(call: ast.Call) -> ast.expr:
    """`np.select` as the choices that it makes, the first condition first."""
    chosen = next((part.value for part in call.keywords if part.arg == "default"), ast.Constant(0))
    if len(call.args) != 2 or not all(isinstance(part, ast.List) for part in call.args):
        return call
    asked, values = (part.elts for part in call.args if isinstance(part, ast.List))
    for condition, value in zip(reversed(asked), reversed(values), strict=True):
        chosen = _of("np", "where", condition, value, chosen)
    return chosen


def _append(call: ast.Call) -> ast.expr:
    if len(call.args) != 2 or not call.keywords:
        return call
    return _of("np", "concatenate", ast.List(call.args, ast.Load()), keywords=tuple(call.keywords))


def _diagonal(call: ast.Call) -> ast.expr:
    """A diagonal of ones: whole ones, as grids hold no others."""
    if len(call.args) != 1 or call.keywords:
        return call
    return _of("np", "eye", call.args[0], keywords=(ast.keyword("dtype", ast.Name("int", ast.Load())),))


def _turned(call: ast.Call) -> ast.expr:
    """A turn in the plane of rows and columns, as turns mostly are."""
    axes = next((part for part in call.keywords if part.arg == "axes"), None)
    if axes is not None and ast.unparse(axes.value) in ("(0, 1)", "[0, 1]"):
        call.keywords.remove(axes)
    return call


def _morphed(call: ast.Call) -> ast.expr:
    if not isinstance(call.func, ast.Attribute) or len(call.args) != 1:
        return call
    first, second = _MORPHED[call.func.attr]
    keywords = tuple(call.keywords)
    return _of("ndimage", second, _of("ndimage", first, call.args[0], keywords=keywords), keywords=keywords)


def _divided(call: ast.Call) -> ast.expr:
    if len(call.args) != 2 or call.keywords:
        return call
    return ast.BinOp(call.args[0], ast.FloorDiv(), call.args[1])


_RULES = {
    "select": _select,
    "append": _append,
    "eye": _diagonal,
    "identity": _diagonal,
    "rot90": _turned,
    "floor_divide": _divided,
    **dict.fromkeys(_MORPHED, _morphed),
}
