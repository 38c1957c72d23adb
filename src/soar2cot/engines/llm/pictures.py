"""Grids as PNG pictures, in the colours in which ARC is usually shown; no imaging library needed."""

from __future__ import annotations

import base64
import struct
import zlib

from soar2cot.challenge import shape
from soar2cot.records import Grid

CELL_PX = 16
_LINE = 10  # the palette's entry for the lines between cells
_PALETTE = bytes.fromhex("0000000074d9ff41362ecc40ffdc00aaaaaaf012beff851b7fdbff870c25555555")


def data_url(grid: Grid) -> str:
    """The picture as a `data:` address."""
    return "data:image/png;base64," + base64.b64encode(png(grid)).decode()


def png(grid: Grid) -> bytes:
    """A palette picture, `CELL_PX` pixels a cell with a line of one pixel between cells."""
    height, width = shape(grid)
    line = b"\0" + bytes([_LINE]) * (width * CELL_PX + 1)
    rows = [line]
    for row in grid:
        pixels = b"".join(bytes([_LINE]) + bytes([cell]) * (CELL_PX - 1) for cell in row) + bytes([_LINE])
        rows += [b"\0" + pixels] * (CELL_PX - 1) + [line]
    header = struct.pack(">IIBBBBB", width * CELL_PX + 1, height * CELL_PX + 1, 8, 3, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", _PALETTE), (b"IDAT", zlib.compress(b"".join(rows), 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
