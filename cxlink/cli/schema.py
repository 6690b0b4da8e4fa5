"""``cxlink schema``: JSON Schemas of what goes in and what comes out."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Literal

import typer


def schema(
    of: Annotated[Literal["config", "results"], typer.Argument(help="Which schema.")],
) -> None:
    """Print the JSON Schema of cxlink.toml or of results.json."""
    if of == "results":
        from cxlink.report.results import results_schema

        document = results_schema()
    else:
        from cxlink.settings import settings_schema

        document = settings_schema()
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
