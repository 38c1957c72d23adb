"""The shared buffer: where a request lies, where the answer goes, and how both are laid out.

    request   n_programs, then per program: PROGRAM, code (UTF-8), then per grid: height, width, cells
    answer    committed length, then frames: FRAME, payload

The request is written by the parent before the child exists; the answer is written by the child and read by the
parent after the child is dead. Numbers are little-endian.
"""

from __future__ import annotations

import struct

REQUEST_BYTES = 16 << 20
ANSWER_BYTES = 48 << 20
BUFFER_BYTES = REQUEST_BYTES + ANSWER_BYTES

COUNT = struct.Struct("<I")
PROGRAM = struct.Struct("<IHBBI")  # bytes of code, grids, flags, seed, cap on events
FRAME = struct.Struct("<HHBBI")  # program, grid, tag, flags, bytes of payload
FAILED = struct.Struct("<IBH")  # line (0: unknown), bytes of kind, bytes of message
GRID = struct.Struct("<BB")  # height, width
ORDER = struct.Struct("<ddQQ")  # CPU s, wall s, memory bytes, output bytes
REPORT = struct.Struct("<iddQ")  # wait status, user CPU s, system CPU s, peak memory in bytes

TRACE_FLAG = 1  # a program's: trace it as well
SCREEN_FLAG = 2  # a program's: run it only if it may share its process
MUTATED_FLAG = 1  # a frame's: the program changed the grid that it was given
TRUNCATED_FLAG = 2  # a frame's: the cap on events was reached

TAG_GRID, TAG_FAILED, TAG_TRACED_GRID, TAG_TRACED_FAILED, TAG_EVENTS, TAG_ALONE = 1, 2, 3, 4, 5, 6

MAX_SIDE = 30
N_COLOURS = 10
MAX_KIND = 64
MAX_MESSAGE = 500
MAX_CODE_BYTES = 1 << 20
MAX_GRIDS = 256
TRACE_BYTES = 8 << 20  # of events, a grid
