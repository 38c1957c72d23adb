"""From the ledger to a data set for training: checked by execution, rendered into views, written whole."""

from soar2cot.export.dataset import ExportOptions, ExportSummary, export
from soar2cot.export.views import VIEWS

__all__ = ["VIEWS", "ExportOptions", "ExportSummary", "export"]
