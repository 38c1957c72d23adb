# ruff: noqa
"""Returns a list that lies about its length."""


def transform(grid):
    class Evil(list):
        def __len__(self):
            return 1

        def __iter__(self):
            return iter([[7, 7, 7]])

    return Evil([[7, 7, 7]] * 100)
