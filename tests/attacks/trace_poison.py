# ruff: noqa
"""Has variables whose texts and comparisons run its own code."""


def transform(grid):
    class Evil:
        def __eq__(self, other):
            raise SystemExit

        def __repr__(self):
            raise SystemExit

        __hash__ = None

    a, b = Evil(), [Evil()]
    c = {"\ud800": "\ud800", (1, (2, (3, (4, 5)))): 10**400}
    d = float("nan")
    return [[1, 2, 3]]
