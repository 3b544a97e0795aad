"""The file of the AuthZEN API -> the mapping of its calls to facts, each fault with its place (Z01 to Z05)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.checking.report import CheckReport, SourceFile
from engine.contract.countries import COUNTRY_CODES
from engine.contract.request_models import is_value_of
from engine.contract.vocabulary import COUNTRIES, Vocabulary
from engine.diagnostics import suggestion
from engine.loading.authzen_schema import ActionText, AuthzenFile, EntityText
from engine.loading.document import Document, Path
from engine.policy.authzen import LINE, REQUEST_ID, AuthzenMapping, ConstantValue, EntityMapping

_StatingPlaces = Mapping[str, Path]
"""Facts that one part of a call states, and where the file says so."""


def check_authzen(sources: Sequence[SourceFile[AuthzenFile]], report: CheckReport) -> AuthzenMapping | None:
    """Return the mapping of a folder; None for one without, which answers no call of that API."""
    for extra in sources[1:]:
        message = f"a second file for AuthZEN; the first is in {sources[0].document.file}"
        report.error(extra.document, ("subjects",), "Z01", message, "keep one in a folder")
    if not sources:
        return None
    _AuthzenFileCheck(sources[0], report).run()
    text = sources[0].content
    return AuthzenMapping(
        subjects={entry.type: _entity(entry) for entry in text.subjects},
        actions={entry.name: _action(entry) for entry in text.actions},
        resources={entry.type: _entity(entry) for entry in text.resources},
        context=dict(text.context),
    )


class _AuthzenFileCheck:
    """The checks of one file against the words of the folder."""

    def __init__(self, source: SourceFile[AuthzenFile], report: CheckReport) -> None:
        self.document: Document = source.document
        self.text, self.report = source.content, report
        self.vocabulary: Vocabulary = report.vocabulary
        self.statable = {REQUEST_ID, LINE, *self.vocabulary.row_facts}
        self.constant = {COUNTRIES, *self.vocabulary.facts}

    def run(self) -> None:
        """Report every fault."""
        subjects = self._entities("subjects", self.text.subjects)
        resources = self._entities("resources", self.text.resources)
        actions: dict[str, _StatingPlaces] = {}
        for index, entry in enumerate(self.text.actions):
            path: Path = ("actions", index)
            self._once(actions, entry.name, (*path, "name"))
            actions[entry.name] = self._stated(path, entry)
        context = self._properties(("context",), self.text.context)
        self._check_parts([{"": context}, subjects, actions, resources])

    def _entities(self, key: str, entries: Sequence[EntityText]) -> dict[str, _StatingPlaces]:
        found: dict[str, _StatingPlaces] = {}
        for index, entry in enumerate(entries):
            path: Path = (key, index)
            self._once(found, entry.type, (*path, "type"))
            found[entry.type] = self._of_entity(path, entry)
        return found

    def _once(self, found: Mapping[str, _StatingPlaces], name: str, path: Path) -> None:
        if name in found:
            message = f"`{name}` is described twice here"
            self.report.error(self.document, path, "Z02", message, "put both into one entry")

    def _of_entity(self, path: Path, entry: EntityText) -> _StatingPlaces:
        stated = dict(self._stated(path, entry))
        if entry.id is not None:
            at = (*path, "id")
            self._known_fact(at, entry.id, self.statable)
            self._no_second(stated, entry.id, at)
            stated[entry.id] = at
        taken = {*entry.states, entry.id}
        for identity, facts in entry.known.items():
            at = (*path, "known", identity)
            for fact in self._values(at, facts):
                if fact in taken:
                    self._twice((*at, fact), fact)
                stated.setdefault(fact, (*at, fact))
        return stated

    def _stated(self, path: Path, entry: EntityText | ActionText) -> _StatingPlaces:
        stated = self._properties((*path, "properties"), entry.properties)
        for fact in self._values((*path, "states"), entry.states):
            at = (*path, "states", fact)
            self._no_second(stated, fact, at)
            stated[fact] = at
        return stated

    def _properties(self, path: Path, facts: Mapping[str, str]) -> dict[str, Path]:
        stated: dict[str, Path] = {}
        for name, fact in facts.items():
            at = (*path, name)
            self._known_fact(at, fact, self.statable)
            self._no_second(stated, fact, at)
            stated[fact] = at
            if inner := next((other for other in facts if other.startswith(f"{name}.")), None):
                message = f"no call can state both `{name}` and `{inner}`: the one is a value, the other in an object"
                self.report.error(self.document, at, "Z02", message, "give the value a property of its own")
        return stated

    def _values(self, path: Path, facts: Mapping[str, object]) -> Iterator[str]:
        """Yield the facts that are stated; unknown ones (Z03) and values that they cannot have (Z05) are reported."""
        for fact, value in facts.items():
            at = (*path, fact)
            if not self._known_fact(at, fact, self.constant, key=True):
                continue
            if not self._fits(fact, value):
                message = f"the fact `{fact}` cannot have the value `{self.document.written(at)}`"
                choices = self.vocabulary.words[fact].choices if fact in self.vocabulary.words else ()
                meant = suggestion(value, choices) if isinstance(value, str) else None
                another = "write a value as a request would state it"
                self.report.error(self.document, at, "Z05", message, meant or another)
            yield fact

    def _fits(self, fact: str, value: object) -> bool:
        if fact == COUNTRIES:
            return isinstance(value, list) and set(value) <= COUNTRY_CODES
        return not isinstance(value, list) and is_value_of(self.vocabulary.words[fact], value)

    def _known_fact(self, path: Path, fact: str, known: set[str], *, key: bool = False) -> bool:
        if fact in known:
            return True
        remedy = suggestion(fact, known) or "name a fact of the vocabulary"
        place = self.document.key_place(path) if key else self.document.place(path)
        self.report.add(place, "Z03", f"no call can state `{fact}` here", remedy)
        return False

    def _no_second(self, stated: _StatingPlaces, fact: str, path: Path) -> None:
        if fact in stated:
            self._twice(path, fact)

    def _check_parts(self, parts: Sequence[Mapping[str, _StatingPlaces]]) -> None:
        """Report facts that two parts of one call would state (Z04)."""
        for position, part in enumerate(parts):
            before = {fact for earlier in parts[:position] for places in earlier.values() for fact in places}
            for places in part.values():
                for fact, path in places.items():
                    if fact in before:
                        self._twice(path, fact)

    def _twice(self, path: Path, fact: str) -> None:
        message = f"a call would state `{fact}` in two places"
        self.report.error(self.document, path, "Z04", message, "keep the one where callers state it")


def _entity(text: EntityText) -> EntityMapping:
    known = {identity: _values(facts) for identity, facts in text.known.items()}
    return EntityMapping(text.id, dict(text.properties), _values(text.states), known)


def _action(text: ActionText) -> EntityMapping:
    return EntityMapping(None, dict(text.properties), _values(text.states), {})


def _values(facts: Mapping[str, object]) -> dict[str, ConstantValue]:
    return {
        fact: tuple(value) if isinstance(value, list) else value  # type: ignore[misc]  # of the kinds of the file
        for fact, value in facts.items()
    }
