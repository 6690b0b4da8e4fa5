"""``cxlink report``: the reports of a run, rendered again without computing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxlink.cli.consoles import result_console, say
from cxlink.cli.options import QuietOption
from cxlink.errors import CannotCreateError, InputMissingError

if TYPE_CHECKING:
    from cxlink.report.parts import Document

RUNS = Path("out")
PICTURE_PIXELS = 1200


def report(
    folder: Annotated[
        Path | None,
        typer.Option("--from", help="Folder of a run; the latest in ./out unless given.", metavar="OUT"),
    ] = None,
    png: Annotated[
        Path | None, typer.Option("--png", help="Also write each chart as a PNG file.", metavar="FOLDER")
    ] = None,
    open_report: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Render the reports of a run again, without computing."""
    from cxlink.report.saved_document import read_document
    from cxlink.report.terminal import print_document
    from cxlink.report.write import render_again

    run = _latest() if folder is None else folder
    document = read_document(run)
    written = render_again(document, run)
    if png is not None:
        written += _write_pictures(document, png)
    for path in written:
        say(f"wrote {path}", quiet=quiet)
    print_document(document, result_console(), run)
    if open_report:
        say("opening the report", quiet=quiet)
        typer.launch((run / "report.html").resolve().as_uri())


def _latest() -> Path:
    """Find the run to the latest cut-off: folders are named by it."""
    from cxlink.report.publish import read_manifest

    found = sorted(path for path in RUNS.glob("*") if path.is_dir() and read_manifest(path) is not None)
    if not found:
        raise InputMissingError(
            "CX680", str(RUNS), "holds no run of cxlink.", "Name a folder that cxlink run wrote with --from."
        )
    return found[-1]


def _write_pictures(document: Document, folder: Path) -> list[Path]:
    from cxlink.report.charts.png import to_png
    from cxlink.report.page_charts import draw_all

    painted = {f"{name}.png": to_png(drawn.svg, PICTURE_PIXELS) for name, drawn in draw_all(document).items()}
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in painted.items():
            path = folder / name
            path.write_bytes(content)
            written.append(path)
    except OSError as error:
        reason = (error.strerror or "writing failed").lower()
        raise CannotCreateError(
            "CX684", str(folder), f"cannot be written: {reason}.", "Name another folder."
        ) from error
    return written
