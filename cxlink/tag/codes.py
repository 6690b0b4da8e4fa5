"""What the codes of this stage mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX301": (
        "The taxonomy cannot be read",
        "The file or folder named in [taxonomy] path does not exist, is not valid TOML, is too large, or says the same"
        " thing in two files.",
        "Mend the file that is named, or leave [taxonomy] out to use the shipped words.",
    ),
    "CX302": (
        "The taxonomy is wrong",
        "Entries of the taxonomy cannot be used: an unknown key, a pattern that does not compile or is too long, or a"
        " cause without words. All faults are listed together with their component, cause and language.",
        "Mend the entries that are named.",
    ),
    "CX303": (
        "The classifier cannot be used",
        "The file named in [taxonomy] classifier does not exist, was written by another version, or belongs to another"
        " taxonomy or to other sentence embeddings.",
        "Train it again: cxlink tag train.",
    ),
    "CX304": (
        "The taxonomy has errors",
        "Lint found examples that are not tagged as they say, patterns that never match, or patterns whose finds never"
        " count.",
        "Mend the patterns that are listed; warnings are no errors.",
    ),
    "CX305": (
        "Labels that cannot be read",
        "The sheet of labels lacks a column, or rows name a cause that the taxonomy does not have, contradict"
        " themselves, or were changed where they must stay as they were written.",
        "Mend the rows that are listed, or write a fresh sheet: cxlink tag review --out labels.xlsx",
    ),
    "CX306": (
        "Too few labels",
        "There are no labels, or too few customers among them, to judge the tags or to train on.",
        "Draw records with cxlink tag review, have them read, and name the labels under [[sources.labels]].",
    ),
    "CX307": (
        "No themes can be looked for",
        "Too few texts bear no tag, or they share no words.",
        "Nothing to do.",
    ),
    "CX308": (
        "No reasons behind a score",
        "No answer to the 0-10 question belongs to a known customer within the observed window.",
        "Map the column of the score to nps, and check that customer_id in feedback is that of the customers.",
    ),
    "CX309": (
        "The sentence embeddings cannot be used",
        "The folder named in [taxonomy] embeddings lacks model.safetensors or tokenizer.json, they do not fit together,"
        " or the packages that read them are not installed. Nothing is downloaded.",
        'Install the packages: pip install "cxlink[embeddings]"; name the folder of a static embedding model.',
    ),
    "CX310": (
        "The classifier is older than the taxonomy",
        "The rules' hits are among the classifier's features. It was trained with other rules than those that stand in"
        " the taxonomy now, so that it may weigh them wrongly.",
        "Train it again: cxlink tag train, and compare: cxlink tag evaluate.",
    ),
    "CX351": (
        "Very long texts",
        "Texts beyond 100,000 characters are searched in their beginning only.",
        "Nothing to do, unless causes hide at their end.",
    ),
}
