"""Tables of a taxonomy file to rules, collecting faults instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import re2

from cxlink.tag.normalise import fold_tag
from cxlink.tag.phrases import PatternFault, bound_pattern, compile_pattern, expand_pattern, expand_words
from cxlink.tag.taxonomy import CANCEL_INTENT, Cause, Example, Language, Rule, RuleKind, Taxonomy

MAX_RULES = 5_000
DEFAULT_NEGATION_WINDOW = 3

_TOP_LEVEL = {
    "version", "components", "languages", "patterns", "praise", "mentions", "ignore", "examples", "counterexamples",
    "tags",
}  # fmt: skip
_CAUSE_KEYS = {"description", "intent"}
_LANGUAGE_KEYS = {
    "letters", "particles", "negations", "not_negations", "denials", "conditions", "clause_words", "negation_window",
    "words",
}  # fmt: skip

Tables = Mapping[str, Any]


def build_taxonomy(tables: Tables, *, digest: str) -> tuple[Taxonomy, list[str]]:
    """Check the tables of a taxonomy and build it.

    Parameters
    ----------
    tables : mapping
        As read from TOML.
    digest : str
        Identity of the content.

    Returns
    -------
    Taxonomy
        Of what is valid.
    list of str
        Faults, each naming component, cause, language and pattern as far as they apply; empty when all is well.
    """
    builder = _Builder(tables)
    builder.check_top_level()
    causes = builder.build_causes()
    languages = builder.build_languages()
    by_name = {(cause.component, cause.name): cause for cause in causes}
    rules = builder.build_rules(by_name)
    examples = tuple(builder.build_examples(by_name))
    exported = dict(builder.build_exported(by_name))
    version = tables.get("version")
    return Taxonomy(str(version), digest, causes, languages, rules, examples, exported), builder.faults


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


class _Builder:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.faults: list[str] = []
        self.particles: dict[str, str] = {}
        self.words: dict[str, dict[str, str]] = {}

    def check_top_level(self) -> None:
        """Report unknown keys, and a version that is missing."""
        self.faults += [f"unknown key {key!r}" for key in self.tables if key not in _TOP_LEVEL]
        if not isinstance(self.tables.get("version"), str):
            self.faults.append('version is missing: write version = "1"')

    def table(self, parent: Tables, key: str, where: str) -> Tables:
        """Get a table, reporting anything else that stands in its place."""
        value = parent.get(key, {})
        if isinstance(value, dict):
            return value
        self.faults.append(f"{where}{key}: a table is expected")
        return {}

    def build_causes(self) -> tuple[Cause, ...]:
        """Read ``[components.<component>.<cause>]``."""
        components = self.table(self.tables, "components", "")
        if not components:
            self.faults.append("no components: write [components.<component>.<cause>]")
        causes = []
        for component in components:
            for name, cause in self.table(components, component, "components.").items():
                causes.append(self._build_cause(component, name, cause))
        return tuple(causes)

    def _build_cause(self, component: str, name: str, cause: object) -> Cause:
        where = f"{component}.{name}"
        if not isinstance(cause, dict):
            self.faults.append(f'{where}: a table is expected, such as {{ description = "…" }}')
            return Cause(component, name)
        self.faults += [f"{where}: unknown key {key!r}" for key in cause if key not in _CAUSE_KEYS]
        intent = cause.get("intent", "")
        if intent not in {"", CANCEL_INTENT}:
            self.faults.append(f"{where}: intent {intent!r} is not known; only {CANCEL_INTENT!r} is")
        return Cause(component, name, str(intent), str(cause.get("description", "")))

    def build_languages(self) -> tuple[Language, ...]:
        """Read ``[languages.<code>]``."""
        languages = self.table(self.tables, "languages", "")
        return tuple(self._build_language(code, self.table(languages, code, "languages.")) for code in languages)

    def _build_language(self, code: str, table: Tables) -> Language:
        where = f"language {code}"
        self.faults += [f"{where}: unknown key {key!r}" for key in table if key not in _LANGUAGE_KEYS]
        self.particles[code] = self._text(table, "particles", where)
        self.words[code] = self._build_words(code, self.table(table, "words", f"{where}: "))
        window = table.get("negation_window", DEFAULT_NEGATION_WINDOW)
        if not isinstance(window, int) or not 0 <= window <= 20:
            self.faults.append(f"{where}: negation_window must be a number of words from 0 to 20")
            window = DEFAULT_NEGATION_WINDOW
        return Language(
            code=code,
            letters=self._text(table, "letters", where),
            particles=self.particles[code],
            negation=self._build_list(code, table, "negations"),
            not_negation=self._build_list(code, table, "not_negations"),
            denial=self._build_list(code, table, "denials"),
            condition=self._build_list(code, table, "conditions"),
            clause_word=self._build_list(code, table, "clause_words"),
            negation_window=window,
        )

    def _text(self, table: Tables, key: str, where: str) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            self.faults.append(f"{where}: {key} must be text")
            return ""
        try:
            re2.compile(f"(?:{value})", _quiet())
        except re2.error as error:
            self.faults.append(f"{where}: {key} {value!r}: {error}")
            return ""
        return value

    def _build_words(self, code: str, table: Tables) -> dict[str, str]:
        expansions = {}
        for name, words in table.items():
            expansions[name] = "(?:unusable)"
            if not _is_words(words) or not words:
                self.faults.append(f"language {code}, words {name}: a list of words is expected")
                continue
            try:
                expansions[name] = expand_words(tuple(words), self.particles[code])
                compile_pattern(bound_pattern(expansions[name]))
            except PatternFault as fault:
                expansions[name] = "(?:unusable)"
                self.faults.append(f"language {code}, words {name}: {fault}")
        return expansions

    def _build_list(self, code: str, table: Tables, key: str) -> str:
        """Join a language's phrases into one expression, "" for none."""
        where = f"language {code}, {key}"
        parts = [self._expand(pattern, code, where) for pattern in self._patterns(table.get(key, []), where)]
        usable = [part for part in parts if part]
        return bound_pattern("|".join(_without_names(usable))) if usable else ""

    def _patterns(self, value: object, where: str) -> list[str]:
        if _is_words(value):
            return list(value)  # type: ignore[call-overload, no-any-return]  # _is_words has checked it
        self.faults.append(f"{where}: a list of patterns is expected")
        return []

    def _expand(self, pattern: str, code: str, where: str) -> str:
        try:
            expanded = expand_pattern(pattern, self.words.get(code, {}), self.particles.get(code, ""))
            compile_pattern(bound_pattern(expanded))
        except PatternFault as fault:
            self.faults.append(f"{where}, pattern {pattern!r}: {fault}")
            return ""
        return expanded

    def build_rules(self, causes: Mapping[tuple[str, str], Cause]) -> tuple[Rule, ...]:
        """Read ``[patterns.<language>.<component>]`` and its siblings for praise, mentions and ignored phrases."""
        rules = [*self._complaints(causes), *self._component_rules(causes), *self._ignored()]
        if len(rules) > MAX_RULES:
            self.faults.append(f"{len(rules)} patterns; at most {MAX_RULES} are allowed")
        return tuple(rules[:MAX_RULES])

    def _by_language(self, section: str) -> Iterator[tuple[str, Any]]:
        for code, value in self.table(self.tables, section, "").items():
            if code in self.particles:
                yield code, value
            else:
                self.faults.append(f"{section}.{code}: language {code!r} is not described; write [languages.{code}]")

    def _components_of(self, section: str) -> Iterator[tuple[str, str, Any]]:
        for code, value in self._by_language(section):
            if isinstance(value, dict):
                yield from ((code, component, content) for component, content in value.items())
            else:
                self.faults.append(f"{section}.{code}: a table is expected")

    def _complaints(self, causes: Mapping[tuple[str, str], Cause]) -> Iterator[Rule]:
        for code, component, content in self._components_of("patterns"):
            if not isinstance(content, dict):
                self.faults.append(f"{component}, language {code}: a table of causes is expected")
                continue
            for name, patterns in content.items():
                cause = causes.get((component, name))
                if cause is None:
                    self.faults.append(f"{component}.{name}, language {code}: no such cause under [components]")
                else:
                    yield from self._rules("complaint", cause, code, patterns)

    def _component_rules(self, causes: Mapping[tuple[str, str], Cause]) -> Iterator[Rule]:
        known = {component for component, _ in causes}
        sections: tuple[tuple[str, RuleKind], ...] = (("praise", "praise"), ("mentions", "mention"))
        for section, kind in sections:
            for code, component, patterns in self._components_of(section):
                if component in known:
                    yield from self._rules(kind, Cause(component, ""), code, patterns)
                else:
                    self.faults.append(f"{section} of {component}, language {code}: no such component")

    def _ignored(self) -> Iterator[Rule]:
        for code, patterns in self._by_language("ignore"):
            yield from self._rules("ignore", Cause("", ""), code, patterns)

    def build_examples(self, causes: Mapping[tuple[str, str], Cause]) -> Iterator[Example]:
        """Read ``[examples.<language>.<component>]`` and ``[counterexamples...]``: sentences by cause."""
        for section, wanted in (("examples", True), ("counterexamples", False)):
            for code, component, content in self._components_of(section):
                if not isinstance(content, dict):
                    self.faults.append(f"{section} of {component}, language {code}: a table of causes is expected")
                    continue
                for name, texts in content.items():
                    where = f"{section} of {component}.{name}, language {code}"
                    if (component, name) not in causes:
                        self.faults.append(f"{where}: no such cause under [components]")
                    elif not _is_words(texts):
                        self.faults.append(f"{where}: a list of sentences is expected")
                    else:
                        yield from (Example(component, name, code, text, wanted) for text in texts)

    def build_exported(self, causes: Mapping[tuple[str, str], Cause]) -> Iterator[tuple[str, tuple[str, str]]]:
        """Read ``[tags]``: what the ticket system's own tags mean, as "component.cause"."""
        for tag, meaning in self.table(self.tables, "tags", "").items():
            component, _, name = str(meaning).partition(".")
            if not isinstance(meaning, str) or (component, name) not in causes:
                self.faults.append(f"tags, {tag!r}: {meaning!r} is no component.cause of this taxonomy")
            elif not fold_tag(tag):
                self.faults.append(f"tags, {tag!r}: it has no letter")
            else:
                yield fold_tag(tag), (component, name)

    def _rules(self, kind: RuleKind, cause: Cause, code: str, patterns: object) -> Iterator[Rule]:
        name = ".".join(part for part in (cause.component, cause.name) if part) or kind
        suffix = "" if kind == "complaint" or name == kind else f"#{kind}"
        where = f"{name}{suffix}, language {code}"
        for number, pattern in enumerate(self._patterns(patterns, where), start=1):
            expanded = self._expand(pattern, code, where)
            if not expanded:
                continue
            yield Rule(
                rule_id=f"{name}{suffix}/{code}/{number}",
                kind=kind,
                component=cause.component,
                cause=cause.name,
                intent=cause.intent,
                language=code,
                pattern=pattern,
                expression=bound_pattern(expanded),
            )


def _without_names(parts: list[str]) -> list[str]:
    """Make gaps plain groups, as several patterns in one expression would name them alike."""
    return [re.sub(r"\(\?P<gap\d+>", "(?:", part) for part in parts]


def _quiet() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    return options
