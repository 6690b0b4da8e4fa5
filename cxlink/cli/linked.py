"""Exports on timelines, for commands that look at one stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cxlink.cli.consoles import progress_bar
from cxlink.cli.options import read_day
from cxlink.cli.state import open_engine_for, state_folder
from cxlink.parallel import single_threaded_blas

if TYPE_CHECKING:
    from cxlink.pipeline import LinkedData
    from cxlink.settings import Settings


@contextmanager
def linked_data(
    config: Path, as_of: str | None, *, quiet: bool, changed: Callable[[Settings], Settings] | None = None
) -> Iterator[tuple[Settings, LinkedData]]:
    """Read a configuration, and load and link what it names.

    Parameters
    ----------
    config : Path
        The configuration.
    as_of : str or None
        Cut-off, as typed.
    quiet : bool
        Whether progress is shown.
    changed : callable, optional
        What the command asks for beside the configuration.

    Yields
    ------
    Settings, LinkedData
        Whose engine is open until the end.
    """
    from cxlink.pipeline import load_and_link
    from cxlink.settings import read_settings

    settings = read_settings(config)
    settings = settings if changed is None else changed(settings)
    cut_off = read_day(as_of)
    engine = open_engine_for(settings)
    try:
        with single_threaded_blas():
            with progress_bar(quiet=quiet) as progress:
                data = load_and_link(
                    settings, engine=engine, as_of=cut_off, progress=progress, state=state_folder(settings)
                )
            yield settings, data
    finally:
        engine.close()
