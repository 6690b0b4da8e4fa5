"""``cxlink explain``: what a code means and how to mend it."""

from __future__ import annotations

from typing import Annotated

import typer

from cxlink.cli.codes import all_codes
from cxlink.cli.consoles import result_console
from cxlink.errors import UsageError


def explain(
    code: Annotated[str | None, typer.Argument(help="Such as CX204; all codes where absent.")] = None,
) -> None:
    """Say what a code means and how to mend it."""
    codes = all_codes()
    console = result_console()
    if code is None:
        for name in sorted(codes):
            console.print(f"{name}  {codes[name][0]}")
        return
    name = code.strip().upper()
    if name not in codes:
        raise UsageError("CX013", code, "is no code of this version.", "List them with: cxlink explain")
    title, meaning, remedy = codes[name]
    console.print(f"{name}  {title}\n\n{meaning}\n\nWhat to do: {remedy}")
