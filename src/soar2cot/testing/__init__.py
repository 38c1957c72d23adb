"""The public test kit: a scripted model server, an oracle, faults on order."""

from soar2cot.testing.faulty import FAULTS, Order
from soar2cot.testing.oracle import Oracle, fixed_answers, run_program
from soar2cot.testing.server import Capacity, Counts, ScriptedServer

__all__ = ["FAULTS", "Capacity", "Counts", "Oracle", "Order", "ScriptedServer", "fixed_answers", "run_program"]
