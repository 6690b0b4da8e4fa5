"""Classifiers on disk: lines of JSON with names and numbers, never code.

The first line tells the sizes. Then come the features, at most ``LINE_FEATURES`` a line, and one line a tag. A line is
checked before the next one is read, so a file from a stranger can neither run anything nor fill the memory.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import numpy as np

from cxlink.errors import ConfigError
from cxlink.stats.arrays import Floats
from cxlink.tag.classifier import Classifier, TrainingFacts
from cxlink.tag.classifier_lines import MAX_WHOLE, Line, LineFault
from cxlink.tag.features import LONGEST_NAME, Block, BlockSettings
from cxlink.tag.linear import STEP_BITS, find_exponent

FORMAT = "cxlink classifier"
VERSION = 1
MAX_LINE_BYTES = 10_000_000
"""Of a line, once unpacked."""
LINE_FEATURES = 10_000
MAX_TAGS = 5_000
MAX_FEATURES = 1_000_000
MAX_COEFFICIENTS = 50_000_000
"""Features times tags: 400 MB in memory."""
LARGEST = 1e6

_GZIP = b"\x1f\x8b"
_REMEDY = "Train it again, or name another file."


def write_classifier(classifier: Classifier, path: str | Path) -> None:
    """Write a classifier; the same one always gives the same bytes.

    Parameters
    ----------
    classifier : Classifier
        Trained.
    path : str or Path
        Packed with gzip where it ends in ``.gz``.

    Raises
    ------
    ConfigError
        CX303 if the classifier is larger than :func:`read_classifier` accepts.
    OSError
        If the file cannot be written.
    """
    place = Path(path)
    n_tags, n_features = classifier.coefficients.shape
    if n_tags > MAX_TAGS or n_features > MAX_FEATURES or n_tags * n_features > MAX_COEFFICIENTS:
        message = f"{n_features} features for {n_tags} tags are too many for a file."
        raise ConfigError("CX303", str(path), message, "Train with fewer features.")
    lines = (json.dumps(line, allow_nan=False, separators=(",", ":")) for line in _lines(classifier))
    with place.open("wb") as file:
        if place.suffix == ".gz":
            # Neither name nor time go into the file.
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                packed.writelines(line.encode("ascii") + b"\n" for line in lines)
        else:
            file.writelines(line.encode("ascii") + b"\n" for line in lines)


def read_classifier(path: str | Path) -> Classifier:
    """Read a classifier and check all of it.

    Parameters
    ----------
    path : str or Path
        Of :func:`write_classifier`, packed or not.

    Returns
    -------
    Classifier
        With exactly the numbers that were written.

    Raises
    ------
    ConfigError
        CX303 if the file cannot be read, is of another version, or holds anything that no classifier writes.
    """
    n_lines = 0
    try:
        with _open(Path(path)) as file:
            reader = _Reader(file)
            try:
                return _build(reader)
            finally:
                n_lines = reader.n_lines
    except LineFault as fault:
        raise ConfigError("CX303", f"{path} line {n_lines}", f"{fault}.", _REMEDY) from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "damaged"
        raise ConfigError("CX303", str(path), f"the classifier cannot be read ({reason}).", _REMEDY) from error


class _Reader:
    """Lines of a file, one at a time and none of them long."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.n_lines = 0

    def read(self) -> Line:
        self.n_lines += 1
        content = self._file.readline(MAX_LINE_BYTES + 1)
        if not content:
            raise LineFault("is missing")
        if len(content) > MAX_LINE_BYTES:
            raise LineFault(f"has more than {MAX_LINE_BYTES} bytes")
        return Line(content)

    def finish(self) -> None:
        self.n_lines += 1
        if self._file.read(1):
            raise LineFault("comes after the last tag")


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_packed = file.read(len(_GZIP)) == _GZIP
    opened: IO[bytes] = gzip.GzipFile(path, "rb") if is_packed else path.open("rb")  # type: ignore[assignment]  # both read bytes
    return opened


def _lines(classifier: Classifier) -> Iterator[dict[str, Any]]:
    facts = classifier.facts
    yield {
        "format": FORMAT,
        "version": VERSION,
        "taxonomy": facts.taxonomy,
        "trained_on": facts.trained_on,
        "seed": facts.seed,
        "n_texts": facts.n_texts,
        "n_customers": facts.n_customers,
        "known_tags": list(facts.n_positive_texts),
        "n_positive_texts": list(facts.n_positive_texts.values()),
        "n_positive_customers": [facts.n_positive_customers[tag] for tag in facts.n_positive_texts],
        "tags": list(classifier.tags),
        "untrained": list(classifier.untrained),
        "reasons": list(classifier.untrained.values()),
        "is_exclusive": classifier.is_exclusive,
        "kinds": [block.settings.kind for block in classifier.blocks],
        "weights": [block.settings.weight for block in classifier.blocks],
        "windows": [block.settings.window for block in classifier.blocks],
        "n_features": [len(block.names) for block in classifier.blocks],
        "rules": list(classifier.rules),
        "n_embedding": classifier.n_embedding,
        **({"embeddings": facts.embeddings} if classifier.n_embedding else {}),
    }
    for block in classifier.blocks:
        for start in range(0, len(block.names), LINE_FEATURES):
            part = slice(start, start + LINE_FEATURES)
            yield {"names": block.names[part], "idf": block.idf[part].tolist()}
    for column in range(len(classifier.tags)):
        yield _tag_line(classifier, column)


def _tag_line(classifier: Classifier, column: int) -> dict[str, Any]:
    coefficients = classifier.coefficients[column]
    places = np.flatnonzero(coefficients)
    exponent = find_exponent(coefficients)
    return {
        "intercept": float(classifier.intercepts[column]),
        "slope": float(classifier.slopes[column]),
        "offset": float(classifier.offsets[column]),
        "threshold": float(classifier.thresholds[column]),
        "exponent": exponent,
        "gaps": np.diff(places, prepend=-1).tolist(),
        "steps": np.rint(coefficients[places] / 2.0**exponent).astype(np.int64).tolist(),
    }


def _build(reader: _Reader) -> Classifier:
    header = reader.read()
    if header.take_text("format") != FORMAT:
        raise LineFault("begins no classifier")
    version = header.take_whole("version", 1, MAX_WHOLE)
    if version != VERSION:
        raise LineFault(f"is of version {version}, this cxlink reads version {VERSION}")
    tags, untrained = _read_names(header, "tags"), _read_names(header, "untrained")
    reasons = header.take_texts("reasons")
    is_exclusive = header.take_flag("is_exclusive")
    settings, sizes = _read_settings(header)
    rules, n_embedding = _read_names(header, "rules"), header.take_whole("n_embedding", 0, MAX_FEATURES)
    facts = _read_facts(header, header.take_text("embeddings") if n_embedding else "")
    header.finish()
    n_features = sum(sizes) + len(rules) + n_embedding
    if not tags or len(reasons) != len(untrained) or {*tags, *untrained} != set(facts.n_positive_texts):
        raise LineFault("has tags that do not fit together")
    if len(tags) > MAX_TAGS or n_features > MAX_FEATURES or n_features * len(tags) > MAX_COEFFICIENTS:
        raise LineFault("has more features or tags than any classifier")
    blocks = tuple(_read_block(reader, one, size) for one, size in zip(settings, sizes, strict=True))
    by_feature = np.zeros((n_features, len(tags)))
    numbers = np.array([_read_tag(reader, by_feature[:, column]) for column in range(len(tags))])
    reader.finish()
    return Classifier(
        tags=tags,
        untrained=dict(zip(untrained, reasons, strict=True)),
        is_exclusive=is_exclusive,
        blocks=blocks,
        rules=rules,
        n_embedding=n_embedding,
        coefficients=by_feature.T,
        intercepts=numbers[:, 0],
        slopes=numbers[:, 1],
        offsets=numbers[:, 2],
        thresholds=numbers[:, 3],
        facts=facts,
    )


def _read_facts(header: Line, embeddings: str) -> TrainingFacts:
    names = _read_names(header, "known_tags")
    n_texts = header.take_wholes("n_positive_texts", 0, MAX_WHOLE).tolist()
    n_customers = header.take_wholes("n_positive_customers", 0, MAX_WHOLE).tolist()
    if not len(names) == len(n_texts) == len(n_customers):
        raise LineFault("has tags that do not fit together")
    return TrainingFacts(
        trained_on=header.take_text("trained_on"),
        taxonomy=header.take_text("taxonomy"),
        embeddings=embeddings,
        seed=header.take_whole("seed", 0, MAX_WHOLE),
        n_texts=header.take_whole("n_texts", 1, MAX_WHOLE),
        n_customers=header.take_whole("n_customers", 1, MAX_WHOLE),
        n_positive_texts=dict(zip(names, n_texts, strict=True)),
        n_positive_customers=dict(zip(names, n_customers, strict=True)),
    )


def _read_names(line: Line, entry: str) -> tuple[str, ...]:
    names = line.take_texts(entry)
    if len(set(names)) < len(names):
        raise LineFault(f'"{entry}" has a name twice')
    return names


def _read_settings(header: Line) -> tuple[list[BlockSettings], list[int]]:
    kinds = header.take_kinds("kinds")
    weights = header.take_numbers("weights", 1e-3, 1e3).tolist()
    windows = header.take_wholes("windows", 0, 1_000).tolist()
    sizes = header.take_wholes("n_features", 0, MAX_FEATURES).tolist()
    if not 0 < len(kinds) == len(weights) == len(windows) == len(sizes) <= 100:
        raise LineFault("has blocks that do not fit together")
    return [BlockSettings(*one) for one in zip(kinds, weights, windows, strict=True)], sizes


def _read_block(reader: _Reader, settings: BlockSettings, size: int) -> Block:
    names: list[str] = []
    idf: list[Floats] = [np.zeros(0)]
    while len(names) < size:
        line = reader.read()
        part = line.take_texts("names")
        idf.append(line.take_numbers("idf", 1e-3, 1e3))
        line.finish()
        if len(part) != min(LINE_FEATURES, size - len(names)) or idf[-1].size != len(part):
            raise LineFault("has too few or too many features")
        ordered = [*names[-1:], *part]
        if max(map(len, part)) > LONGEST_NAME or any(one >= other for one, other in pairwise(ordered)):
            raise LineFault("has features that are too long or out of order")
        names.extend(part)
    return Block(settings, tuple(names), np.concatenate(idf))


def _read_tag(reader: _Reader, into: Floats) -> tuple[float, float, float, float]:
    line = reader.read()
    numbers = (
        line.take_number("intercept", -LARGEST, LARGEST),
        line.take_number("slope", 0.0, LARGEST),
        line.take_number("offset", -LARGEST, LARGEST),
        line.take_number("threshold", 0.0, 1.0),
    )
    exponent = line.take_whole("exponent", -100, 100)
    gaps, steps = line.take_wholes("gaps", 1, MAX_FEATURES), line.take_wholes("steps", -(2**STEP_BITS), 2**STEP_BITS)
    line.finish()
    places = np.cumsum(gaps) - 1
    if gaps.size != steps.size or (gaps.size and places[-1] >= into.size):
        raise LineFault("has coefficients of features that do not exist")
    into[places] = steps * 2.0**exponent
    return numbers
