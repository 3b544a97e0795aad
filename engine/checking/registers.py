"""The registers file of a folder -> the registers of the directive, each fault with its place (M01 to M07)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from engine.checking.names import DefinedNames
from engine.checking.report import CheckReport, SourceFile
from engine.checking.shape import shape
from engine.checking.vocabulary import vocabulary_of_version_1
from engine.contract.registers import CONFIRMATIONS, DueState, RegisterStep
from engine.contract.vocabulary import ITEM, Kind
from engine.diagnostics import suggestion
from engine.loading.document import Path
from engine.loading.file_schema import DirectiveFile, Parameters, PolicyFile
from engine.loading.registers_schema import DueText, ListSortText, RegistersFile
from engine.loading.yaml_reader import load_document
from engine.policy.registers import (
    DueRule,
    HandoverClauses,
    InclusionFacts,
    ListSort,
    Registers,
    SeparateLists,
)


@cache
def registers_of_version_1() -> Registers:
    """The registers of sets that have no file for them, and the words of version 1: those of old ledgers."""
    content = (files("engine.contract") / "registers_of_version_1.yaml").read_bytes()
    report = CheckReport()
    text = shape(load_document("registers_of_version_1.yaml", content), report)
    assert isinstance(text, RegistersFile), report.findings
    return _registers(text)


def check_registers(
    sources: Sequence[SourceFile[RegistersFile]],
    directive: SourceFile[DirectiveFile],
    policies: Sequence[SourceFile[PolicyFile]],
    names: DefinedNames,
) -> Registers | None:
    """Return the registers of a folder.

    A folder without a file has those of version 1 if it has the words of version 1, and none if it has its own.
    """
    for extra in sources[1:]:
        message = f"a second file of registers; the first is in {sources[0].document.file}"
        names.report.error(extra.document, ("lists",), "M01", message, "keep one in a folder")
    if not sources:
        has_old_words = names.report.vocabulary is vocabulary_of_version_1()
        return registers_of_version_1() if has_old_words else None
    declared = {**directive.content.parameters}
    for policy in policies:
        declared |= policy.content.own_parameters
    _FileCheck(sources[0], declared, names).run()
    return _registers(sources[0].content)


class _FileCheck:
    """The checks of one file against what the rest of the folder defines."""

    def __init__(self, source: SourceFile[RegistersFile], declared: Parameters, names: DefinedNames) -> None:
        self.document, self.text = source.document, source.content
        self.declared, self.names = declared, names

    def run(self) -> None:
        """Report every fault."""
        party = self.text.due_from
        self.names.known(self.document, ("due_from",), "R06", "party", party, self.names.parties)
        for index, clause in enumerate(self.text.governed_by):
            self._known_clause(("governed_by", index), clause)
        self._check_parameters()
        self._check_lists()
        self._check_facts()
        self._check_events()
        for key, mark in self.text.handovers or ():
            path: Path = ("handovers", key)
            if mark is not None and key == "earlier_reading":
                self.names.known(self.document, path, "R03", "reading", mark, self.names.readings)
            elif mark is not None:
                self._known_clause(path, mark)

    def _known_clause(self, path: Path, clause: str) -> None:
        self.names.known(self.document, path, "R02", "clause", clause, self.names.clauses)

    def _error(self, path: Path, code: str, message: str, remedy: str) -> None:
        self.names.report.error(self.document, path, code, message, remedy)

    def _error_at_key(self, path: Path, code: str, message: str, remedy: str) -> None:
        self.names.report.error_at_key(self.document, path, code, message, remedy)

    def _check_parameters(self) -> None:
        """Report names of no parameter, or of one of another kind (M02)."""
        text = self.text
        for key, kind in _PARAMETERS.items():
            name = getattr(text, key)
            fitting = [one for one, declared in self.declared.items() if declared.kind == kind]
            if name not in fitting:
                remedy = (
                    suggestion(name, fitting) or f"name a parameter that the directive declares as a {kind}"
                )
                self._error((key,), "M02", f"`{name}` is no parameter that is a {kind}", remedy)

    def _check_lists(self) -> None:
        """Report parts that no clause belongs to (M03), and a word for two sorts of lists (M04)."""
        seen = dict[str, str]()
        for key, sort in self.text.lists:
            if sort is None:
                continue
            path = ("lists", key)
            if isinstance(sort, ListSortText) and not self._is_part(sort.part):
                message = f"no clause belongs to the part `{sort.part}`"
                self._error(
                    (*path, "part"),
                    "M03",
                    message,
                    "write what the marks of its clauses begin with, such as S1",
                )
            if (first := seen.setdefault(sort.list, key)) != key:
                message = f"`{sort.list}` is the word for the lists `{first}` already"
                self._error((*path, "list"), "M04", message, "give each sort of lists a word of its own")

    def _is_part(self, part: str) -> bool:
        return any(clause == part or clause.startswith(f"{part}.") for clause in self.names.clauses)

    def _check_facts(self) -> None:
        """Report facts that are not in the vocabulary, of another kind, or without the words they need (M05)."""
        for path, name, kind, words in self._facts():
            word = self.names.report.vocabulary.words.get(name)
            if word is None or word.kind is not kind or not name.startswith(ITEM):
                fitting = [
                    one.name
                    for one in self.names.report.vocabulary.words.values()
                    if one.kind is kind and one.name.startswith(ITEM)
                ]
                remedy = suggestion(name, fitting) or f"name a fact of an item whose kind is {kind}"
                self._error(path, "M05", f"`{name}` is no {kind} that is stated of an item", remedy)
                continue
            for at, needed in words:
                if needed not in word.choices:
                    message = f"`{needed}` is no choice of the fact `{name}`"
                    another = "add it to the vocabulary, or name another fact"
                    self._error(at, "M05", message, suggestion(needed, word.choices) or another)

    def _facts(self) -> Iterator[tuple[Path, str, Kind, Sequence[tuple[Path, str]]]]:
        """The facts that are named: where, of which kind they have to be, and their choices that are named, where."""
        text, confirmation = self.text, ("confirmation_fact",)
        lists = [(("lists", key, "list"), sort.list) for key, sort in text.lists if sort is not None]
        yield ("entry_fact",), text.entry_fact, Kind.CHOICE, lists
        yield ("kind_fact",), text.kind_fact, Kind.CHOICE, ()
        answers = [(confirmation, word) for word in CONFIRMATIONS]
        yield confirmation, text.confirmation_fact, Kind.CHOICE, answers
        if (inclusions := text.inclusions) is not None:
            still_open = [(("inclusions", "open", index), word) for index, word in enumerate(inclusions.open)]
            words = [(("inclusions", "agreed"), inclusions.agreed), *still_open]
            yield ("inclusions", "fact"), inclusions.fact, Kind.CHOICE, words
            yield ("inclusions", "session"), inclusions.session, Kind.NUMBER, ()
            yield ("inclusions", "project"), inclusions.project, Kind.TEXT, ()

    def _check_events(self) -> None:
        """Report events without a clause (M06), and what is due where it cannot be (M07)."""
        for step in RegisterStep:
            if step not in self.text.events:
                message = f"no clause for the event `{step}`"
                self._error_at_key(("events",), "M06", message, "say which clause the event fulfils")
        for step, event in self.text.events.items():
            path: Path = ("events", step.value)
            self._known_clause((*path, "clause"), event.clause)
            for state, due in event.dues.items():
                at = (*path, "dues", state.value)
                if state.ended_by is not step:
                    message = f"the event `{step}` does not end the state `{state}`"
                    self._error_at_key(at, "M07", message, f"write it under `{state.ended_by}`")
                self._check_due(at, state, due)

    def _check_due(self, path: Path, state: DueState, due: DueText) -> None:
        """Report sentences with other words than they can have, and what no duty says (M07)."""
        known = state.words if state.is_of_project else (*state.words, *self.declared)
        for key in ("what", "must", "evidence"):
            if sentence := getattr(due, key):
                self.names.sentence(self.document, (*path, key), sentence, known)
        if state.is_of_project and due.must is None:
            message = "`must` is missing: no duty of a policy says what is due for a project"
            self._error_at_key(path, "M07", message, "add it")
        elif due.evidence is not None and due.must is None:
            message = "`evidence` without `must`: the duty of the policy says both"
            self._error_at_key((*path, "evidence"), "M07", message, "write `must` too, or take it out")


_PARAMETERS = {
    "country_name": "text",
    "confirming_office": "text",
    "session_body": "text",
    "next_session": "number",
}
"""The keys that name a parameter, and of which kind it has to be."""


def _registers(text: RegistersFile) -> Registers:
    inclusions, separate = text.inclusions, text.lists.separate
    return Registers(
        due_from=text.due_from,
        governed_by=frozenset(text.governed_by),
        other_country=text.other_country,
        unnamed_items=text.unnamed_items,
        country_name=text.country_name,
        confirming_office=text.confirming_office,
        session_body=text.session_body,
        next_session=text.next_session,
        entry_fact=text.entry_fact,
        kind_fact=text.kind_fact,
        confirmation_fact=text.confirmation_fact,
        to_confirm=_sort(text.lists.to_confirm),
        to_include=_sort(text.lists.to_include),
        separate=SeparateLists(separate.list, separate.heading, separate.note) if separate else None,
        clauses={step: event.clause for step, event in text.events.items()},
        dues=_due_rules(text),
        inclusions=InclusionFacts(
            fact=inclusions.fact,
            agreed=inclusions.agreed,
            open=frozenset(inclusions.open),
            session=inclusions.session,
            project=inclusions.project,
        )
        if inclusions
        else None,
        handovers=HandoverClauses(**dict(text.handovers or ())),
    )


def _sort(text: ListSortText) -> ListSort:
    return ListSort(text.list, text.part, text.heading)


def _due_rules(text: RegistersFile) -> Mapping[DueState, DueRule]:
    return {
        state: DueRule(event.clause, due.what, due.must, due.evidence)
        for event in text.events.values()
        for state, due in event.dues.items()
    }
