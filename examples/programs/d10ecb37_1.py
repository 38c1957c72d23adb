def transform(grid):
    top_left = [[grid[0][0], grid[0][1]],
                [grid[1][0], grid[1][1]]]
    return top_left
