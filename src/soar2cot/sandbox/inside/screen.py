"""Which programs may share a process with others: decided from their byte code, before any of it runs.

This is no boundary, the kernel's lock is. It keeps apart what could change another program's result: whoever writes
attributes, looks at the interpreter, or uses anything but plain data, numpy arrays and pure functions gets a process
of its own. Whatever it does not know, it does not let through.
"""

from __future__ import annotations

import builtins
import opcode
import sys
from types import CodeType

# names that no program may import, read as an attribute or call, unless they stand in one of these sets
SAFE_BUILTINS = frozenset(
    (
        *("abs", "all", "any", "bool", "bytes", "chr", "dict", "divmod", "enumerate", "filter", "float", "frozenset"),
        *("int", "isinstance", "iter", "len", "list", "map", "max", "min", "next", "ord", "pow", "print", "range"),
        *("repr", "reversed", "round", "set", "slice", "sorted", "str", "sum", "tuple", "zip", "callable"),
        *("Exception", "IndexError", "KeyError", "StopIteration", "TypeError", "ValueError", "ZeroDivisionError"),
        *("ArithmeticError", "AssertionError", "AttributeError", "LookupError", "NotImplementedError", "RuntimeError"),
    )
)
SAFE_MODULES = frozenset(
    (
        *("collections", "copy", "functools", "heapq", "itertools", "math", "numpy", "operator", "scipy"),
        *("scipy.ndimage", "typing", "__future__", "bisect", "string"),
    )
)
SAFE_ATTRIBUTES = frozenset(
    (
        # list, tuple, dict, set, str, int
        *(
            "append",
            "appendleft",
            "clear",
            "copy",
            "count",
            "extend",
            "extendleft",
            "index",
            "insert",
            "pop",
            "popleft",
        ),
        *("popitem", "remove", "reverse", "rotate", "sort", "get", "items", "keys", "setdefault", "update", "values"),
        *("add", "difference", "difference_update", "discard", "intersection", "intersection_update", "isdisjoint"),
        *("issubset", "issuperset", "symmetric_difference", "union", "fromkeys", "join", "split", "strip", "replace"),
        *("find", "isdigit", "lower", "upper", "startswith", "endswith", "zfill", "rstrip", "lstrip", "bit_length"),
        *("most_common", "elements", "subtract", "total", "maxlen", "move_to_end"),
        # modules and what programs take from them
        *(
            "Counter",
            "OrderedDict",
            "defaultdict",
            "deque",
            "namedtuple",
            "deepcopy",
            "reduce",
            "partial",
            "cmp_to_key",
        ),
        *("lru_cache", "cache", "heapify", "heappop", "heappush", "accumulate", "chain", "combinations", "islice"),
        *("combinations_with_replacement", "cycle", "from_iterable", "groupby", "pairwise", "permutations", "product"),
        *("repeat", "takewhile", "dropwhile", "zip_longest", "starmap", "ceil", "floor", "gcd", "lcm", "inf", "isqrt"),
        *("pi", "sqrt", "hypot", "log", "log2", "exp", "sin", "cos", "atan2", "prod", "fabs", "itemgetter", "nlargest"),
        *("nsmallest", "bisect_left", "bisect_right", "insort", "mul", "sub", "ndimage", "annotations", "comb", "xor"),
        *("List", "Dict", "Tuple", "Set", "Optional", "Union", "Any", "Callable", "Iterable", "Sequence", "Deque"),
        *("DefaultDict", "Generator", "Iterator", "FrozenSet"),
        # numpy: new arrays, arithmetic, looking, indexing
        *(
            "all",
            "any",
            "arange",
            "argmax",
            "argmin",
            "argsort",
            "argwhere",
            "array",
            "array_equal",
            "asarray",
            "astype",
        ),
        *(
            "atleast_2d",
            "bincount",
            "bool_",
            "broadcast_to",
            "column_stack",
            "concatenate",
            "cumsum",
            "cumprod",
            "diag",
        ),
        *(
            "diagonal",
            "diff",
            "dot",
            "dstack",
            "dtype",
            "expand_dims",
            "eye",
            "fill_diagonal",
            "flatnonzero",
            "flatten",
        ),
        *("flip", "fliplr", "flipud", "full", "full_like", "hstack", "identity", "in1d", "indices", "int16", "int32"),
        *("int64", "int8", "integer", "float32", "float64", "intersect1d", "isin", "isnan", "item", "kron", "linspace"),
        *("logical_and", "logical_not", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor"),
        *(
            "matmul",
            "max",
            "maximum",
            "mean",
            "median",
            "meshgrid",
            "min",
            "minimum",
            "mod",
            "multiply",
            "nan",
            "ndarray",
        ),
        *("ndenumerate", "ndim", "ndindex", "newaxis", "nonzero", "ones", "ones_like", "outer", "pad", "ptp", "ravel"),
        *(
            "reshape",
            "roll",
            "rot90",
            "round",
            "searchsorted",
            "setdiff1d",
            "shape",
            "sign",
            "size",
            "split",
            "squeeze",
        ),
        *(
            "stack",
            "std",
            "sum",
            "swapaxes",
            "T",
            "take",
            "tile",
            "tolist",
            "transpose",
            "tri",
            "tril",
            "triu",
            "uint8",
        ),
        *("union1d", "unique", "unravel_index", "ravel_multi_index", "var", "vstack", "where", "zeros", "zeros_like"),
        *("array_split", "hsplit", "vsplit", "append", "delete", "insert", "count_nonzero", "clip", "abs", "absolute"),
        *("ix_", "r_", "c_", "equal", "not_equal", "greater", "less", "nanmax", "nanmin", "average", "trace", "fill"),
        *(
            "label",
            "binary_fill_holes",
            "generate_binary_structure",
            "binary_dilation",
            "binary_erosion",
            "find_objects",
        ),
        *("center_of_mass", "binary_closing", "binary_opening", "distance_transform_edt", "sum_labels", "convolve"),
    )
)
_ALL_BUILTINS = frozenset(dir(builtins))
_UNSAFE_BUILTINS = _ALL_BUILTINS - SAFE_BUILTINS - {"__name__"}
_ATTRIBUTE_OPCODES = frozenset(
    opcode.opmap[name] for name in ("LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM") if name in opcode.opmap
)
_IMPORT = opcode.opmap["IMPORT_NAME"]
_EXTENDED = opcode.EXTENDED_ARG
# the index of an attribute's name is the argument itself, or from 3.12 on the argument without its lowest bit
_ATTRIBUTE_SHIFT = 1 if sys.version_info >= (3, 12) else 0
_FORBIDDEN_PARTS = (
    "STORE_ATTR",
    "DELETE_ATTR",
    "SUPER",
    "IMPORT_STAR",
    "BUILD_CLASS",
    "ASYNC",
    "AWAIT",
    "ANEXT",
    "AITER",
)
_FORBIDDEN = {number for name, number in opcode.opmap.items() if any(part in name for part in _FORBIDDEN_PARTS)}
_MARK = bytes(
    1 if number in _ATTRIBUTE_OPCODES else 2 if number == _IMPORT else 3 if number in _FORBIDDEN else 0
    for number in range(256)
)


def may_share(code: CodeType) -> bool:
    """Whether the program uses nothing by which it could change, or be changed by, another's result."""
    return all(_is_plain(part) for part in _parts(code))


def _parts(code: CodeType) -> list[CodeType]:
    """The code and all that is nested in it."""
    parts = [code]
    for part in parts:
        parts.extend(constant for constant in part.co_consts if type(constant) is CodeType)
    return parts


def _is_plain(code: CodeType) -> bool:
    names = frozenset(code.co_names)
    if names & _UNSAFE_BUILTINS or any(name.startswith("__") for name in names if name != "__name__"):
        return False
    raw = code.co_code
    marks = raw[::2].translate(_MARK)
    if 3 in marks or ("*",) in code.co_consts:
        return False
    return (names <= SAFE_ATTRIBUTES or _attributes_are_plain(code, raw, marks)) and _imports_are_plain(
        code, raw, marks
    )


def _attributes_are_plain(code: CodeType, raw: bytes, marks: bytes) -> bool:
    """Names outside the list may be the program's own variables, never attributes or parts of modules."""
    at = marks.find(1)
    while at >= 0:
        if code.co_names[_argument(raw, at) >> _shift(raw[2 * at])] not in SAFE_ATTRIBUTES:
            return False
        at = marks.find(1, at + 1)
    return True


def _imports_are_plain(code: CodeType, raw: bytes, marks: bytes) -> bool:
    """Only modules of the list are imported."""
    at = marks.find(2)
    while at >= 0:
        if code.co_names[_argument(raw, at)] not in SAFE_MODULES:
            return False
        at = marks.find(2, at + 1)
    return True


def _shift(operation: int) -> int:
    return _ATTRIBUTE_SHIFT if operation == opcode.opmap["LOAD_ATTR"] else 0


def _argument(raw: bytes, at: int) -> int:
    """The argument of the instruction at `at`, with its prefixes."""
    argument, shift = raw[2 * at + 1], 8
    while at > 0 and raw[2 * at - 2] == _EXTENDED:
        at -= 1
        argument |= raw[2 * at + 1] << shift
        shift += 8
    return argument
