"""What the codes of ``cxlink init --from`` mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX171": (
        "The folder of exports is missing",
        "What was given with --from is not a folder, or does not exist.",
        "Put the exports into one folder and name it with --from.",
    ),
    "CX172": (
        "The folder holds no exports",
        "No file in it is a .csv, .tsv, .txt, .gz, .zip, workbook or Parquet file. Folders within are not looked into.",
        "Put the exports into that folder, as they were downloaded.",
    ),
    "CX173": (
        "The mapping sheet cannot be used",
        "The file given with --mapping is no workbook, or lacks the sheet or the columns that cxlink init wrote.",
        "Write a fresh one with `cxlink init FOLDER --from EXPORTS`, and change only what is right of the examples.",
    ),
    "CX174": (
        "Unknown table in the mapping sheet",
        "The column Table names what is not a canonical table.",
        "Choose one of the list in that cell.",
    ),
    "CX175": (
        "Unknown column in the mapping sheet",
        "Under Our column stands what is not a column of that table. Customers may have further columns; other tables"
        " may not.",
        "Choose one of the list in that cell, or leave it empty.",
    ),
    "CX176": (
        "The mapping sheet names what the exports do not have",
        "A file or a column of the sheet is not in the folder given with --from.",
        "Use the exports from which the sheet was written, or write a fresh sheet.",
    ),
    "CX177": (
        "A column is mapped twice",
        "Two columns of one file are mapped to the same column of ours.",
        "Leave one of them empty.",
    ),
    "CX178": (
        "A column that must be there is not mapped",
        "The table needs a column that no row of this file is mapped to.",
        "Fill it in, or clear Our column for the whole file.",
    ),
    "CX179": (
        "The values cannot be read",
        "Under Values stands what is not a list of pairs such as `Good = 1; Bad = 0`.",
        'Write one pair a line, or separate them by ";". A word that holds "=" or ";" goes in double quotes.',
    ),
    "CX180": (
        "--mapping without --from",
        "The sheet says what the columns mean; the exports say how they are written.",
        "Name the folder of the exports with --from as well.",
    ),
}
