"""The document as a workbook: one module a sheet, or a few that belong together."""

from cxlink.report.workbook.book import render_workbook

__all__ = ["render_workbook"]
