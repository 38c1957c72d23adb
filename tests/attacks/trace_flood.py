# ruff: noqa
"""Makes more events than can be kept."""


def transform(grid):
    n = 0
    big = [[0] * 30 for _ in range(30)]
    while n < 10000:
        n += 1
        big[n % 30][n % 29] = n % 10
    return big
