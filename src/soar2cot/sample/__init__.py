"""The sample that ships: programs for real ARC-AGI-1 training tasks, in the schema of the SOAR data set.

`examples/build_sample.py` in the repository makes it from `examples/programs`.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def sample_path() -> Path:
    """The parquet file, as it lies in the installed package."""
    return Path(str(files("soar2cot.sample") / "sample.parquet"))
