# ruff: noqa
"""Makes more events than can be kept."""


def transform(grid):
    n = 0
    big = [[0] * 5 for _ in range(5)]
    while n < 10000:
        n += 1
        big[n % 5][n % 4] = n % 10
    return big
