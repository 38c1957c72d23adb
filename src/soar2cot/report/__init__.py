"""A report on one or several runs: one HTML file that needs nothing else, or Markdown."""

from soar2cot.report.figures import RunFigures, collect
from soar2cot.report.render import as_html, as_markdown

__all__ = ["RunFigures", "as_html", "as_markdown", "collect"]
