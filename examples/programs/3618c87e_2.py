def transform(grid):
    for r in range(len(grid) - 1):
        for c in range(len(grid[0])):
            if grid[r][c] == 1:
                # Swap with the cell below
                grid[r][c], grid[r + 1][c] = grid[r + 1][c], grid[r][c]
    return grid
