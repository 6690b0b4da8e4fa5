"""LibreOffice, headless and with a profile of its own that recalculates every file; and workbooks with edited cells."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

PROGRAM = shutil.which("soffice")
TIMEOUT = 300
ALWAYS = "0"
"""Of ``OOXMLRecalcMode``: recalculate on load, always."""

needs_soffice = pytest.mark.skipif(PROGRAM is None, reason="LibreOffice (soffice) is not installed")

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>{mode}</value></prop></item>
</oor:items>
"""

Cells = dict[str, list[list[object]]]


def recalculate(content: bytes, folder: Path) -> bytes:
    """Let LibreOffice compute every formula anew, and save."""
    assert PROGRAM is not None
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "registrymodifications.xcu").write_text(_PROFILE.format(mode=ALWAYS), encoding="utf-8")
    source, out = folder / "workbook.xlsx", folder / "recalculated"
    source.write_bytes(content)
    given = [
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "xlsx",
    ]
    command = [PROGRAM, *given, "--outdir", str(out), str(source)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    written = out / "workbook.xlsx"
    assert written.is_file(), done.stderr
    return written.read_bytes()


def read_cells(content: bytes) -> Cells:
    """All sheets, as the values that stand in the file."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {
        name: [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        for name in book.sheet_names
    }


def strip_values(content: bytes) -> bytes:
    """Take the kept values from all formulas, so that whatever stands there afterwards was computed."""
    return _rewrite(content, lambda _, text: re.sub(r"(</f>)<v>[^<]*</v>", r"\1", text))


def edit_cells(content: bytes, sheet: str, values: Mapping[str, float | str]) -> bytes:
    """Write into cells, as a person would: numbers or text in place of what stands there."""
    number = CalamineWorkbook.from_filelike(BytesIO(content)).sheet_names.index(sheet) + 1

    def change(name: str, text: str) -> str:
        if name != f"xl/worksheets/sheet{number}.xml":
            return text
        for cell, value in values.items():
            text, found = re.subn(rf'<c r="{cell}"( s="\d+")?[^>]*?(/>|>.*?</c>)', _cell(cell, value), text, count=1)
            assert found == 1, cell
        return text

    return _rewrite(content, change)


def _cell(cell: str, value: float | str) -> str:
    if isinstance(value, str):
        return rf'<c r="{cell}"\1 t="inlineStr"><is><t>{value}</t></is></c>'
    return rf'<c r="{cell}"\1><v>{value!r}</v></c>'


def _rewrite(content: bytes, change: object) -> bytes:
    assert callable(change)
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                data = change(item.filename, data.decode()).encode()
            new.writestr(item, data)
    return out.getvalue()
