"""Where the stage's SQL files are read."""

from __future__ import annotations

from importlib.resources import files


def read_sql(name: str) -> str:
    """Text of one of the stage's SQL files.

    Parameters
    ----------
    name : str
        File name without ``.sql``.

    Returns
    -------
    str
        The statements, separated by ``;``.
    """
    return (files("cxlink.link") / f"{name}.sql").read_text(encoding="utf-8")


def statements(name: str) -> list[str]:
    """Statements of one of the stage's SQL files, in order.

    Parameters
    ----------
    name : str
        File name without ``.sql``.

    Returns
    -------
    list of str
        Each without its semicolon.
    """
    return [part.strip() for part in read_sql(name).split(";\n") if part.strip()]
