"""Which texts the symbolic engine writes; apart from it, because a start asks for this before it needs the engine."""

VERSION = "7"
