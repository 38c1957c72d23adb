"""What all tests share: no fault stays armed, no log line escapes, no variable of the machine is seen."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from soar2cot import faults

_VARIABLES = ("PROGRESS_FILE", "NEON_DSN", "MAX_CONCURRENCY", "LOCAL_VLLM_URL")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [*_VARIABLES, *(name for name in os.environ if name.startswith("SOAR2COT_"))]:
        monkeypatch.delenv(name, raising=False)
    yield
    faults.disarm()
    structlog.reset_defaults()


@pytest.fixture
def quick_path() -> Iterator[Path]:
    """A directory in memory where the machine has one: a kill leaves there what it leaves on a disk, a sync is free."""
    memory = Path("/dev/shm")
    root = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=root, prefix="soar2cot-", ignore_cleanup_errors=True) as path:
        yield Path(path)
