"""Whether two programs are the same but for names and layout: told by what they compile to."""

from __future__ import annotations

import hashlib
import sys
import warnings
from types import CodeType
from typing import Any

_HAS_DOCSTRING = 0x4000000  # code flag, Python 3.13 and later


def program_digest(code: str) -> bytes:
    """16 bytes that are equal for programs that differ only in layout, comments, docstrings and the names of
    variables, parameters and functions.

    In bytecode a local variable is a number, a comment is nothing: the compiler does the comparing, in 0.3 ms. A
    program that does not compile is like no other text. Comparable within one process and Python version only.
    """
    digest = hashlib.blake2b(digest_size=16)
    try:
        with warnings.catch_warnings(action="ignore"):
            compiled = compile(code, "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        digest.update(b"text" + code.encode(errors="surrogatepass"))
        return digest.digest()
    _add(digest, compiled, _own_names(compiled))
    return digest.digest()


def _own_names(module: CodeType) -> dict[str, str]:
    """The functions and classes of the program, by order of definition; `transform` keeps its name."""
    names = [const.co_name for const in module.co_consts if isinstance(const, CodeType)]
    return {name: f"<{place}>" for place, name in enumerate(dict.fromkeys(names)) if name != "transform"}


def _add(digest: Any, code: CodeType, own_names: dict[str, str]) -> None:
    shape = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags & ~_HAS_DOCSTRING)
    names = [own_names.get(name, name) for name in code.co_names]
    digest.update(repr((shape, code.co_code, code.co_exceptiontable, names)).encode(errors="surrogatepass"))
    for place, const in enumerate(code.co_consts):
        if isinstance(const, CodeType):
            _add(digest, const, own_names)
        elif not (place == 0 and _has_docstring(code)):
            digest.update(_said(const, own_names).encode(errors="surrogatepass"))


def _has_docstring(code: CodeType) -> bool:
    if code.co_name == "<module>":
        return False
    if sys.version_info >= (3, 13):
        return bool(code.co_flags & _HAS_DOCSTRING)
    return isinstance(code.co_consts[0], str | None)


def _said(const: Any, own_names: dict[str, str]) -> str:
    """A constant with its type: 1, 1.0 and True are three; sets in an order of their own."""
    if isinstance(const, frozenset):
        return "{" + ",".join(sorted(_said(item, own_names) for item in const)) + "}"  # pyright: ignore[reportUnknownVariableType]
    if isinstance(const, tuple):
        return "(" + ",".join(_said(item, own_names) for item in const) + ")"  # pyright: ignore[reportUnknownVariableType]
    if isinstance(const, str):
        return "s" + repr(own_names.get(const, const))
    return f"{type(const).__name__}:{const!r}"
