"""Which programs may share a process."""

from __future__ import annotations

from types import CodeType


def may_share(code: CodeType) -> bool:
    """Whether the program uses nothing by which it could change another's result."""
    return False
