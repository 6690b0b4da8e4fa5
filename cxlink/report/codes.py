"""What the codes of the report stage mean: title, meaning, how to mend it."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX660": (
        "A chart cannot be made into a picture",
        (
            "PNG files are painted by the package resvg-py, in letters that come with matplotlib. One of them is not"
            " installed. The charts of the HTML report do not need either."
        ),
        'Install it: pip install "cxlink[png]".',
    ),
    "CX680": (
        "There is no run to render",
        (
            "cxlink report renders the reports of a run again. The folder is missing, or it has no manifest.json of"
            " cxlink."
        ),
        "Name a folder that cxlink run wrote with --from, such as out/2025-12-31.",
    ),
    "CX681": (
        "The run has no document",
        (
            "Reports are rendered from document.json.gz, which each run writes. cxlink check, and a run whose data is"
            " refused, write a ledger alone; versions before this one wrote no document."
        ),
        "Run again: cxlink run.",
    ),
    "CX682": (
        "The document is of another version",
        (
            "What a report shows differs between versions of cxlink. Nothing is guessed: a document of another form is"
            " not rendered."
        ),
        "Render it with the version that wrote it (manifest.json names it), or run again.",
    ),
    "CX683": (
        "The document is damaged",
        "document.json.gz cannot be read to its end, or holds something that no run writes. Nothing was rendered.",
        "Take it from a copy of the folder, or run again.",
    ),
    "CX684": (
        "The pictures cannot be written",
        "The folder for PNG files cannot be created, or is a file.",
        "Name another folder with --png.",
    ),
    "CX670": (
        "The assumptions are not in a workbook of cxlink",
        "The file given with --assumptions is no workbook, or has no sheet Assumptions: a published run writes none.",
        "Take the workbook.xlsx that an internal run wrote.",
    ),
    "CX671": (
        "The columns of the assumptions were changed",
        "The sheet Assumptions is read by its headings Of, Value (edit) and Setting, and one of them is missing.",
        "Give the columns their headings back, or take the workbook of a new run.",
    ),
    "CX672": (
        "An assumption is out of range",
        "A cell holds a number that its setting cannot have. A percentage is a number too: 65% is 0.65.",
        "Correct the cell that is named.",
    ),
    "CX673": (
        "An assumption is not a number",
        "A cell holds text, a date, a truth value or a formula's error. Numbers written as text are read where they"
        " are clear, such as 65%, 0,65 or 1 500.",
        "Write a number alone, without a currency.",
    ),
    "CX674": (
        "An assumption may be two numbers",
        "A text such as 1,500 is fifteen hundred to some and one and a half to others; nothing is guessed.",
        "Write it as a number and not as text: 1500, or 1.5.",
    ),
    "CX675": (
        "A row of the assumptions is not known",
        "The configuration has no such setting, or no change of that name. The row is left out.",
        "Give columns Of and Setting back what they had, or add the change to the configuration.",
    ),
    "CX676": (
        "A row of the assumptions is missing",
        "The workbook says nothing of a setting that it could override: the row was deleted, or the configuration is"
        " newer. The configuration holds.",
        "Nothing, if that is meant; otherwise take the workbook of the latest run.",
    ),
    "CX677": (
        "An assumption stands twice",
        "Two rows of the sheet Assumptions are for the same setting.",
        "Keep one of the two rows that are named.",
    ),
    "CX678": (
        "An assumption is empty",
        "A cell was emptied whose setting has a value in the configuration. It is not guessed which is meant.",
        "Write the value that is named, or a new one.",
    ),
    "CX679": (
        "The assumptions of a change do not fit together",
        "Lowest, most likely and highest must be in this order, and what is displaced must be reduced.",
        "Correct the cells of that change.",
    ),
    "CX701": (
        "The output folder cannot be created",
        (
            "The path is a file or a symbolic link, may not be written to, or is a folder that cxlink did not"
            " write: it has no manifest.json of cxlink, so replacing it could destroy someone's files."
        ),
        "Choose another folder with --out, or move what is there.",
    ),
    "CX702": (
        "Another run holds the output folder",
        "Another cxlink is writing to the same folder now. Nothing was changed.",
        "Wait until it has ended, or choose another folder with --out.",
    ),
    "CX703": (
        "Writing the results failed",
        "The disk is full, or the system refused to write. The results of the run before are whole and untouched.",
        "Make room or mend the disk, then run again; leftovers are removed by the next run.",
    ),
    "CX704": (
        "A result does not fit into a workbook",
        "A sheet holds 1,048,576 rows and a cell 32,767 characters. Nothing is cut silently, so nothing was written.",
        "Shorten the text it names in the export or the taxonomy.",
    ),
    "CX802": (
        "Figures are suppressed for the public",
        (
            'With [report] audience = "published" no comments and no single rows are written, counts below 10'
            " are shown as <10, and money is suppressed where fewer than 10 customers, or one customer for"
            " more than half, stand behind it, and where it would follow from the others."
        ),
        'Set [report] audience = "internal" to see everything.',
    ),
    "CX803": (
        "The ledger does not balance",
        "The rows read from a file are not the sum of those accepted, excluded and held back.",
        "This is a fault of cxlink: please report it with the ledger's line.",
    ),
}
