def transform(grid):
    out = [[0] * 6 for _ in range(6)]
    for r in range(3):
        for c in range(3):
            for k in range(4):
                # Diagonals stop after three steps
                if grid[r][c] and r + k < 6 and c + k < 6:
                    out[r + k][c + k] = grid[r][c]
    return out
