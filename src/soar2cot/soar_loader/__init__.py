"""From SOAR files to samples: label, filter, stream, without ever holding the file in memory."""

from __future__ import annotations

from soar2cot.soar_loader.arc import ArcTask, load_arc_tasks
from soar2cot.soar_loader.data import SoarData, open_soar
from soar2cot.soar_loader.decode import BadRow
from soar2cot.soar_loader.pairing import create_challenge_from_soar
from soar2cot.soar_loader.select import Selected

__all__ = [
    "ArcTask",
    "BadRow",
    "Selected",
    "SoarData",
    "create_challenge_from_soar",
    "load_arc_tasks",
    "open_soar",
]
