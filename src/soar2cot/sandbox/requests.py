"""Jobs as bytes, for the shared buffer."""

from __future__ import annotations

import re

from soar2cot.errors import SandboxError
from soar2cot.records import Grid
from soar2cot.sandbox.base import Failed, Job
from soar2cot.sandbox.inside import layout

_SCIPY = re.compile(rb"\bscipy\b(?!\.ndimage\b)")
_NDIMAGE = re.compile(rb"\bscipy\b")
_NUMPY = re.compile(rb"\bnumpy\b")


def kind_of(code: bytes) -> str:
    """Which zygote a program needs: the one with the fewest imports that will do."""
    if _NDIMAGE.search(code):
        return "scipy" if _SCIPY.search(code) else "ndimage"
    return "numpy" if _NUMPY.search(code) else "bare"


def encode_program(job: Job, code: bytes, *, screen: bool = False) -> bytes:
    """One program of a request.

    Raises: SandboxError: an input is no grid, or there are too many of them.
    """
    if len(job.inputs) > layout.MAX_GRIDS:
        raise SandboxError(f"a job has at most {layout.MAX_GRIDS} grids, this one has {len(job.inputs)}; split it")
    flags = (layout.TRACE_FLAG if job.trace else 0) | (layout.SCREEN_FLAG if screen else 0)
    head = layout.PROGRAM.pack(len(code), len(job.inputs), flags, job.seed, job.max_events)
    return b"".join([head, code, *(encode_input(grid, index) for index, grid in enumerate(job.inputs))])


def encode_input(grid: Grid, index: int) -> bytes:
    """Height, width, cells. Raises: SandboxError: it is no grid."""
    try:
        width = len(grid[0])
        cells = b"".join(map(bytes, grid))
        head = layout.GRID.pack(len(grid), width)
    except (TypeError, ValueError, IndexError, layout.struct.error) as error:
        raise SandboxError(f"input {index} of the job is no grid: {error}; check it with check_grid first") from error
    if not width >= 1 or any(len(row) != width for row in grid):
        raise SandboxError(
            f"input {index} of the job is no grid: its rows differ in length; check it with check_grid first"
        )
    return head + cells


def encode_code(code: str) -> bytes | Failed:
    """The program's text as UTF-8, or why it can be no program."""
    try:
        encoded = code.encode()
    except UnicodeEncodeError as error:
        return Failed("syntax", f"the program is no Unicode text: {error.reason}")
    if len(encoded) > layout.MAX_CODE_BYTES:
        return Failed("syntax", f"the program has {len(encoded)} bytes, {layout.MAX_CODE_BYTES} are allowed")
    return encoded


def encode_request(programs: list[bytes]) -> bytes:
    """The whole request."""
    return layout.COUNT.pack(len(programs)) + b"".join(programs)
