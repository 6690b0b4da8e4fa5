from __future__ import annotations

from pathlib import Path

import pytest

from cxlink.errors import ConfigError
from cxlink.tag.match import tag_texts
from cxlink.tag.read_taxonomy import read_taxonomy

OWN = """
version = "2026-1"

[components.pool]
dirty = { description = "Water or floor not clean" }
closed = {}

[patterns.en.pool]
dirty = ["pool .. dirt~", "{green} water"]

[languages.en]
letters = "a-z"
negations = ["not"]
[languages.en.words]
green = ["green", "brown~"]

[patterns.de.pool]
dirty = ["becken .. schmutzig~"]
"""

FAULTY = """
title = "no such key"
[components.pool]
dirty = { intent = "leave" }
[patterns.en.pool]
dirty = ["(unclosed", "", "pool {unknown}", ".*"]
cloesd = ["closed"]
[patterns.xx.pool]
dirty = ["x"]
[praise.en]
spa = ["nice"]
[languages.en]
negations = ["[bad"]
negation_window = 99
"""


def write(folder: Path, text: str, name: str = "own.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_shipped_taxonomy_has_version_digest_and_the_components() -> None:
    taxonomy = read_taxonomy(None)
    assert taxonomy.version
    assert len(taxonomy.digest) == 64
    assert taxonomy.components == ("delivery", "billing", "app", "support", "onboarding", "product", "cancellation")
    assert [cause.name for cause in taxonomy.causes if cause.intent] == ["cancellation_intent"]
    assert len({rule.rule_id for rule in taxonomy.rules}) == len(taxonomy.rules)


def test_own_taxonomy(tmp_path: Path) -> None:
    taxonomy = read_taxonomy(write(tmp_path, OWN))
    tagged = tag_texts(
        ["The pool was really dirty", "brownish water", "pool not dirty", "Das Becken war schmutzig"], taxonomy
    )
    assert [[tag.polarity for tag in tags] for tags in tagged.tags] == [
        ["complaint"],
        ["complaint"],
        ["negated"],
        ["complaint"],
    ]


def test_digest_follows_the_content(tmp_path: Path) -> None:
    first = read_taxonomy(write(tmp_path, OWN))
    again = read_taxonomy(write(tmp_path, "# a comment\n" + OWN, "again.toml"))
    other = read_taxonomy(write(tmp_path, OWN.replace("dirt~", "dirty"), "other.toml"))
    assert first.digest == again.digest
    assert first == again
    assert first != other
    assert first.digest != other.digest


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_taxonomy(write(tmp_path, FAULTY))
    error = caught.value
    assert error.code == "CX302"
    assert error.place.endswith("own.toml")
    for part in (
        "unknown key 'title'",
        "version is missing",
        "pool.dirty: intent 'leave'",
        "pool.dirty, language en, pattern '(unclosed'",
        "pool.dirty, language en, pattern '': it is empty",
        "no word list {unknown}",
        "pattern '.*': it matches a text without words",
        "pool.cloesd, language en: no such cause",
        "patterns.xx: language 'xx' is not described",
        "praise of spa, language en: no such component",
        "language en, negations, pattern '[bad'",
        "negation_window must be",
    ):
        assert part in error.message


@pytest.mark.parametrize(
    "patterns",
    ['"pool .."', '".. pool"', '"a' + "b" * 2_000 + '"', '"((a{1,99}){1,99}){1,99}"', "5", '{ a = "b" }'],
)
def test_patterns_that_cannot_be_used(patterns: str, tmp_path: Path) -> None:
    text = f'version = "1"\n[components.x]\ny = {{}}\n[patterns.en.x]\ny = [{patterns}]\n'
    with pytest.raises(ConfigError, match=r"x\.y, language en"):
        read_taxonomy(write(tmp_path, text))


def test_too_many_patterns(tmp_path: Path) -> None:
    many = ", ".join(f'"word{number}"' for number in range(5_001))
    text = f'version = "1"\n[components.x]\ny = {{}}\n[patterns.en.x]\ny = [{many}]\n'
    with pytest.raises(ConfigError, match="at most 5000"):
        read_taxonomy(write(tmp_path, text))


@pytest.mark.parametrize("text", ["version = ", 'version = "1"\nversion = "2"', "x" * 1_000_001, "a = " + "[" * 5_000])
def test_no_toml(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_taxonomy(write(tmp_path, text))
    assert caught.value.code == "CX301"


def test_missing_file_and_empty_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(ConfigError, match="CX301"):
            read_taxonomy(path)


def test_a_folder_is_merged_and_a_clash_is_told(tmp_path: Path) -> None:
    write(tmp_path, 'version = "1"\n[components.x]\ny = {}\n', "a.toml")
    write(tmp_path, '[patterns.en.x]\ny = ["broken"]\n', "b.toml")
    assert len(read_taxonomy(tmp_path).rules) == 1
    write(tmp_path, '[patterns.en.x]\ny = ["torn"]\n', "c.toml")
    with pytest.raises(ConfigError, match=r"patterns\.en\.x\.y is given in two files"):
        read_taxonomy(tmp_path)
