"""The ARC tasks, read once in the process from which all runs of a campaign are forked."""

from soar2cot.soar_loader import load_arc_tasks

TASKS = load_arc_tasks(None)
