"""What all tests share: no fault stays armed, no log line escapes, no variable of the machine is seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from soar2cot import faults

_VARIABLES = ("PROGRESS_FILE", "NEON_DSN", "MAX_CONCURRENCY", "LOCAL_VLLM_URL")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import os

    for name in [*_VARIABLES, *(name for name in os.environ if name.startswith("SOAR2COT_"))]:
        monkeypatch.delenv(name, raising=False)
    yield
    faults.disarm()
    structlog.reset_defaults()
