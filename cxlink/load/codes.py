"""What each code of loading and of the engines means, for ``cxlink explain``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class CodeText(NamedTuple):
    """Words for a code.

    Parameters
    ----------
    title : str
        In a few words.
    meaning : str
        What happened, and why it matters.
    mending : str
        What to do.
    """

    title: str
    meaning: str
    mending: str


_DATES = 'dates = "%d/%m/%Y"'

CODES: Mapping[str, CodeText] = {
    "CX101": CodeText(
        "an input file is missing",
        "No file has the name, or matches the pattern, that the configuration gives. Relative names start at the "
        "configuration's folder.",
        "Correct the path in cxlink.toml, or put the file there. The message lists files that are in that folder.",
    ),
    "CX102": CodeText(
        "a column is missing",
        "The file has no column of that name, neither the canonical one nor the one that the mapping names.",
        'Map the canonical name to the export\'s own: columns = { customer_id = "Customer No" }.',
    ),
    "CX103": CodeText(
        "a source holds no rows",
        "The file has a header and nothing else; without revenue and feedback nothing can be linked.",
        "Export it again and check the period and the filters. A query source may give no rows.",
    ),
    "CX104": CodeText("a file is empty", "There is not even a header in it.", "Export it again."),
    "CX105": CodeText(
        "a source gave no rows",
        "The source was read and holds nothing. What needs it is reported as not estimable.",
        "Nothing, if that is right; else check the export's period or the query.",
    ),
    "CX106": CodeText(
        "a query gives a column that the table does not have",
        "The columns of a query's result must bear canonical names, so that a misspelt one is not lost in silence.",
        "Rename it with AS, or leave it out of the SELECT.",
    ),
    "CX107": CodeText(
        "a mapping names an unknown canonical column",
        "The left side of columns = { ... } or values = { ... } is not a column of that table.",
        "Use a name of the table; the message names the nearest.",
    ),
    "CX108": CodeText(
        "two columns have the same name",
        "A column that is used is in the header twice, so that it cannot be known which is meant.",
        "Rename one of them in the export.",
    ),
    "CX109": CodeText(
        "a column that filters rows is missing",
        "keep, exclude or fold_by of a source names a column that the file does not have, so that it cannot be known"
        " which rows are data.",
        "Correct the name in cxlink.toml; it is the export's own, not ours.",
    ),
    "CX110": CodeText(
        "two exports in one file",
        "The names of the columns stand there again, in another order, so that the rows below would change places.",
        "Cut the file there into two and name both.",
    ),
    "CX111": CodeText(
        "the text's encoding is not known",
        "The bytes are not UTF-8 and have no byte-order mark; a guess could spoil names and comments in silence.",
        'Say the encoding in the source: encoding = "cp1252" (Western), "cp1257" (Baltic), "cp1251" (Cyrillic).',
    ),
    "CX112": CodeText(
        "an archive is damaged",
        "A .gz or .zip file cannot be unpacked whole, or its checksum is wrong: rows may be missing or changed.",
        "Copy or export it again.",
    ),
    "CX113": CodeText(
        "an archive holds several files",
        "A .zip holds several files, and it is not said which is meant.",
        'Name it in cxlink.toml, such as member = "Subscriptions.csv".',
    ),
    "CX114": CodeText(
        "the text holds NUL bytes",
        "Text files have none: the file is damaged, or is UTF-16 without its mark.",
        'Export it again, or say encoding = "utf-16-le".',
    ),
    "CX115": CodeText(
        "a query fails",
        "The SQL of a source does not run on its inputs. All columns of the inputs are text.",
        "Correct the query; cast before calculating, and use TRY_CAST where values differ.",
    ),
    "CX116": CodeText(
        "a file unpacks to far too much",
        "It grows to more than 200 times its size, as files made to fill a disk do, or is larger than we read.",
        "Check where it comes from; unpack it yourself if it is right.",
    ),
    "CX117": CodeText(
        "a record is far too large",
        "One record is larger than 64 MB, which no export of customers' words is.",
        "Check that it is the right file.",
    ),
    "CX118": CodeText(
        "an address instead of a file",
        "cxlink opens no network connection.",
        "Download the file and name it.",
    ),
    "CX119": CodeText(
        "a workbook or Parquet file cannot be read",
        "It is damaged, protected by a password, or of another kind than its name says.",
        "Save it again as .xlsx or .csv.",
    ),
    "CX120": CodeText(
        "quotes are broken throughout",
        "So many records have quotes that are never closed that reading on line by line would take for ever.",
        "Check delimiter and quotes of the export.",
    ),
    "CX121": CodeText(
        "dates can be read in two ways",
        "Day-first and month-first both read the whole column and give different days, or the column mixes both. A "
        "guess would move revenue and churn between months.",
        f"Say the format in the source: {_DATES}.",
    ),
    "CX122": CodeText(
        "the decimal mark is not clear",
        "The comma or the point in the column's numbers can mean decimals or thousands, which differ by a factor of "
        "1,000; or the column mixes both.",
        'Say it in the source: decimal = "." or decimal = ",".',
    ),
    "CX123": CodeText(
        "dates are bare numbers",
        "Serial days of a spreadsheet and seconds since 1970 look alike; neither says its zone or its first day.",
        "Export the column as dates, such as YYYY-MM-DD.",
    ),
    "CX124": CodeText(
        "a column is not of dates, or in an unknown format",
        "No known format reads most of its cells.",
        f"Check the mapping, or say the format: {_DATES}.",
    ),
    "CX125": CodeText(
        "no observed day is left",
        "The sources share no day, the settings leave none between observed_from and observed_to, or the cut-off is"
        " more than 31 days after the last record: days without records would count as days on which nothing happened.",
        "Export the same period from all sources, or set the window in [project].",
    ),
    "CX126": CodeText(
        "an amount is a floating-point number",
        "Binary floating-point numbers cannot hold cents exactly, and their sums depend on the order.",
        "Cast it in the query: CAST(... AS DECIMAL(18, 2)).",
    ),
    "CX127": CodeText(
        "the cut-off is after a source's last row",
        "Some sources have rows only now and then: charges on the first of a month, a few answers a week. Such a source"
        " is taken to reach the cut-off for as long as it is usually silent, and never beyond the last row of the"
        " freshest one.",
        "Nothing, if all exports were made on the same day. Else set observed_to, or give --as-of.",
    ),
    "CX131": CodeText(
        "an invoice is repeated",
        "An earlier row, in this or another file of revenue, has the same invoice_id; both would double money.",
        "Export each invoice once. Where the rows are lines of one invoice, do not map invoice_id.",
    ),
    "CX132": CodeText(
        "an id is repeated",
        "An earlier row of the table has the same key; joining both would count what belongs to it twice.",
        "Export each record once, or map a column that is unique.",
    ),
    "CX133": CodeText(
        "a file is there twice",
        "Two names lead to the same file, or two files have the same content.",
        "Name each export once. The same file under two names is read once; a copy is read again.",
    ),
    "CX141": CodeText(
        "too much had to be held back",
        "More of a source's rows, or of its money, is in quarantine than max_quarantined allows: results from the rest "
        "would mislead.",
        "Look at the quarantine files, mend the export or the mapping, or allow more with [load] max_quarantined.",
    ),
    "CX151": CodeText(
        "rows after the cut-off",
        "They are kept in the ledger and not used, since not all sources reach that far.",
        "Export all sources up to the same day, or set observed_to.",
    ),
    "CX152": CodeText(
        "amounts in another currency",
        "Amounts of several currencies are never added without rates; those are not used.",
        "Give rates to the project's currency in a source of fx, or export the amounts in that currency.",
    ),
    "CX153": CodeText(
        "lines of totals",
        "The last lines name themselves totals and have no date; they are left out and counted as excluded.",
        "Nothing, if that is right.",
    ),
    "CX154": CodeText(
        "lines above the header",
        "The header was found further down; what stands above it is not read.",
        "Check that those lines are not data.",
    ),
    "CX155": CodeText(
        "the header stands in the file again",
        "Several exports seem to be in one file. Each header is left out and all rows count, so that rows which two of"
        " them share count twice.",
        "Nothing, if the exports share no rows.",
    ),
    "CX157": CodeText(
        "refunds without a minus",
        "Rows whose kind is refund, credit or chargeback are above zero and would add to revenue.",
        'Set refund_sign = "positive" in the source if they are written so.',
    ),
    "CX158": CodeText(
        "ids with spaces around them",
        "Spaces before or after an id are taken off, so that it finds its customer.",
        "Nothing, if the ids of all exports then agree; the match rates tell.",
    ),
    "CX135": CodeText(
        "a line of totals with a day",
        "One of the last rows names itself a total and has a day, like a charge. Counted as one it would double the"
        " money, so it is held back.",
        "Remove the line from the export.",
    ),
    "CX161": CodeText(
        "a date cannot be read",
        "The cell does not fit its column's format, or is not between 1900 and 2099.",
        "Mend the cell; a stand-in for 'never' such as 9999-12-31 can be emptied with values = { ended_on = "
        '{ "9999-12-31" = "" } }.',
    ),
    "CX162": CodeText(
        "an amount cannot be read",
        "It is not a plain number in its column's style, or bears the sign of another currency than its row.",
        "Mend the cell, or map the currency column.",
    ),
    "CX163": CodeText("a number cannot be read", "It is not a plain number in its column's style.", "Mend the cell."),
    "CX164": CodeText(
        "a value is out of its scale",
        "NPS answers are whole numbers from 0 to 10; shares lie between 0 and 1; minutes are not negative.",
        "Check the mapping; recode the answers in the export or with values = { ... }.",
    ),
    "CX165": CodeText(
        "an unknown word",
        "The column takes certain words only.",
        'Translate the export\'s words: values = { end_reason = { "card expired" = "involuntary" } }.',
    ),
    "CX166": CodeText("a required cell is empty", "The row cannot be used without it.", "Mend the export."),
    "CX167": CodeText(
        "a row has another number of fields than the header",
        "A delimiter inside a text that is not quoted, or a line that is cut off.",
        "Export with quotes; mend the line.",
    ),
    "CX168": CodeText(
        "broken quotes",
        "A quote is not closed or stands in the wrong place. That line alone is held back; reading resumes after it.",
        'Export with quotes doubled inside quotes (""), or mend the line.',
    ),
    "CX169": CodeText(
        "bytes of another encoding",
        "Single lines of a UTF-8 file hold bytes that are not UTF-8.",
        "Mend those lines, or export again.",
    ),
    "CX170": CodeText(
        "a row that is neither kept nor excluded",
        "keep and exclude of a source name words of the same column, and this row has another one. It is held back"
        " until somebody says what it means.",
        "Add the word to keep or to exclude in cxlink.toml.",
    ),
    "CX601": CodeText(
        "the engine is not available",
        "This version runs on DuckDB only.",
        "Leave --engine out.",
    ),
}
