"""Options that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from cxlink.errors import UsageError

EngineName = Literal["duckdb", "spark"]
ConfigOption = Annotated[Path, typer.Option("--config", help="The configuration.", metavar="FILE")]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Folder of the reports; default out/<cut-off date>.", metavar="FOLDER")
]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="Last day that counts, as 2025-12-31.", metavar="DATE")]
TableFormat = Literal["table", "json", "csv", "md"]
FormatOption = Annotated[TableFormat, typer.Option("--format", help="How the result is printed.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No messages, only results.")]
SeedOption = Annotated[int | None, typer.Option("--seed", help="Instead of the configuration's.")]
DEFAULT_CONFIG = Path("cxlink.toml")


def read_day(text: str | None) -> date | None:
    """Read the day of ``--as-of``.

    Parameters
    ----------
    text : str or None
        As typed.

    Returns
    -------
    date or None
        None where the option was not given.

    Raises
    ------
    UsageError
        If it is not a day as 2025-12-31 (CX010).
    """
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UsageError("CX010", "--as-of", "is not a day.", "Write it as 2025-12-31.") from None
