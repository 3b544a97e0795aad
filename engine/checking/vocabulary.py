"""The vocabulary file of a folder -> its vocabulary, each fault with its place (V01 to V11, V14, V20)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from engine.checking.cache import VOCABULARIES
from engine.checking.newer_codes import NEWER_CODES
from engine.checking.report import CheckReport, SourceFile
from engine.checking.shape import kinds_of, shape
from engine.contract.request_models import UNUSABLE_MEMBERS
from engine.contract.vocabulary import ITEM, Declarations, Institution, Kind, Vocabulary, Word
from engine.contract.vocabulary_building import (
    CORE,
    DELIVERER,
    NO_FACTS,
    RECIPIENT,
    make_vocabulary,
)
from engine.diagnostics import PolicyFaults, suggestion
from engine.language.rule_engine_parser import is_name
from engine.loading.document import Document, Path
from engine.loading.vocabulary_schema import DeclaredFactText, VocabularyFile
from engine.loading.yaml_reader import load_document

MOST_GROUPS = 4
"""So many dots a name may have."""


@cache
def version_1() -> VocabularyFile:
    """The vocabulary file that stands in for that of sets without one, as those of old ledgers."""
    content = (files("engine.contract") / "version_1.yaml").read_bytes()
    report = CheckReport()
    document = load_document("version_1.yaml", content)
    text = shape(document, report)
    assert isinstance(text, VocabularyFile), report.findings
    return text


@cache
def vocabulary_of_version_1() -> Vocabulary:
    """The vocabulary of sets that have no file for it."""
    return make_vocabulary(_declarations(version_1()))


def vocabulary_in(content: Mapping[str, bytes]) -> Vocabulary:
    """The vocabulary of a policy folder that was in force, given as name -> content. Raises PolicyFaults."""
    report = CheckReport()
    for name in sorted(content):
        document = load_document(name, content[name], NEWER_CODES)
        if kinds_of(document) == ["facts"] and isinstance(text := shape(document, report), VocabularyFile):
            return make_vocabulary(_declarations(text))
    report.stop_if_faulty()
    return vocabulary_of_version_1()


def check_vocabulary(
    sources: Sequence[SourceFile[VocabularyFile]], parties: Collection[str], report: CheckReport
) -> Vocabulary:
    """Return the vocabulary of a folder, or without a file that of version 1.

    Raises PolicyFaults with what is wrong with it, and all that was found before.
    """
    for extra in sources[1:]:
        message = f"a second vocabulary; the first is in {sources[0].document.file}"
        report.error(extra.document, ("facts",), "V01", message, "keep one vocabulary in a folder")
    if not sources:
        return vocabulary_of_version_1()
    document, content = sources[0].document, sources[0].content
    return VOCABULARIES.of_sound(
        report, document, lambda: _checked(document, content, parties, report), tuple(parties)
    )


def _checked(
    document: Document, content: VocabularyFile, parties: Collection[str], report: CheckReport
) -> Vocabulary:
    before = len(report.findings)
    _check_parties(document, content, parties, report)
    sound: list[DeclaredFactText] = []
    for index, text in enumerate(content.facts):
        found = len(report.findings)
        _check_fact(document, ("facts", index), text, sound, report)
        if not report.faulty_since(found):
            sound.append(text)
    if len(sound) == len(content.facts):
        _check_handover(document, content, report)
        _check_names(document, content, report)
    if report.faulty_since(before):
        raise PolicyFaults(
            report.findings
        )  # what the rules say in words that are not sound cannot be assessed
    return make_vocabulary(_declarations(content))


def check_institution(
    source: SourceFile[VocabularyFile], parameters: Mapping[str, str], report: CheckReport
) -> None:
    """Report an institution whose name no parameter gives; `parameters` has the kind of each (V14)."""
    institution = source.content.institution
    if institution is None or parameters.get(institution.parameter) == "text":
        return
    texts = [name for name, kind in parameters.items() if kind == "text"]
    remedy = (
        suggestion(institution.parameter, texts) or "name a parameter of the directive whose kind is text"
    )
    message = f"`{institution.parameter}` is no text that a country gives"
    report.error(source.document, ("institution", "parameter"), "V14", message, remedy)


def _declarations(text: VocabularyFile) -> Declarations:
    return Declarations(
        asking_party=text.asking_party,
        facts=tuple(_word(fact) for fact in text.facts),
        groups=tuple(text.groups.items()),
        asking_office=text.asking_office,
        visitor=text.visitor,
        place=text.place,
        deadline=text.deadline,
        urgency=text.urgency_group,
        institution=Institution(**text.institution.model_dump()) if text.institution else Institution(),
    )


def _word(text: DeclaredFactText) -> Word:
    choices = text.choices or {}
    kind = Kind(text.kind)
    return Word(
        name=text.fact,
        kind=kind,
        choices=tuple(choices),
        ask=text.ask,
        answered_by=text.answered_by,
        least=(text.least or 0) if kind is Kind.NUMBER else None,
        most=text.most,
        whole=text.whole,
        meanings=tuple(choices.values()),
        owner=text.owner,
        personal=kind is Kind.TEXT and text.owner is None and text.personal is not False,
    )


def _check_parties(
    document: Document, content: VocabularyFile, parties: Collection[str], report: CheckReport
) -> None:
    """Report parties that the directive does not have (V02)."""
    named: Iterator[tuple[Path, str | None]] = iter(
        [
            (("asking_party",), content.asking_party),
            *(
                (("facts", index, key), getattr(text, key))
                for index, text in enumerate(content.facts)
                for key in ("answered_by", "owner")
            ),
        ]
    )
    for path, party in named:
        if party is not None and party not in parties:
            remedy = (
                suggestion(party, parties) or f"name one of the directive's `parties`: {', '.join(parties)}"
            )
            report.error(document, path, "V02", f"unknown party `{party}`", remedy)


def _check_fact(
    document: Document,
    path: Path,
    text: DeclaredFactText,
    before: Sequence[DeclaredFactText],
    report: CheckReport,
) -> None:
    name = text.fact
    if reserved := _reserved(name):
        report.error(document, (*path, "fact"), "V05", *reserved)
        return
    for other in before:
        if other.fact == name:
            message, remedy = f"the fact `{name}` is declared twice", "take one out, or rename it"
            report.error(document, (*path, "fact"), "V03", message, remedy)
        elif name.startswith(f"{other.fact}.") or other.fact.startswith(f"{name}."):
            group, fact = sorted((name, other.fact), key=len)
            message = f"`{group}` is a fact, and cannot hold `{fact}` besides"
            report.error(
                document, (*path, "fact"), "V04", message, f"rename one, for example `{group}.result`"
            )
    if name.count(".") > MOST_GROUPS:
        message = f"the name has {name.count('.')} dots, and {MOST_GROUPS} are the most"
        report.error(document, (*path, "fact"), "V06", message, "use fewer groups")
    for step in name.split("."):
        if step in UNUSABLE_MEMBERS:
            message = f"`{step}` cannot be the name of a member of a request"
            report.error(
                document, (*path, "fact"), "V11", message, f"choose another, such as `{step}_stated`"
            )
    if not is_name(name):
        step = next((step for step in name.split(".") if not is_name(step)), name)
        message = f"conditions cannot name `{name}`, since `{step}` means something else there"
        report.error(document, (*path, "fact"), "V11", message, f"choose another, such as `{step}_stated`")
    for choice, words in (text.choices or {}).items():
        if brace := re.search("[{}]", words):
            place = document.place_within((*path, "choices", choice), brace.start(), brace.end())
            message = f"the words of the choice `{choice}` have a brace, and are said as they are"
            report.add(place, "V20", message, "write them without braces")
    _check_kind(document, path, text, report)


def _reserved(name: str) -> tuple[str, str] | None:
    """What is wrong with a name that has a meaning in every request, and the remedy."""
    always = (*CORE, *NO_FACTS)
    if name in always:
        message = f"`{name}` is a word that every request has, whatever the vocabulary"
        return message, "take it out here; conditions may use it all the same"
    if any(word.startswith(f"{name}.") for word in always):
        return (
            f"`{name}` is a group of facts that every request has",
            f"name a fact in it, such as `{name}.kind`",
        )
    if name.startswith(tuple(f"{word}." for word in always)):
        return f"`{name}` would be part of a word that every request has", "give it a name of its own"
    return None


def _check_kind(document: Document, path: Path, text: DeclaredFactText, report: CheckReport) -> None:
    """Report choices, limits and `personal` where they do not fit the kind of the fact (V07, V08, V10)."""
    if text.kind == "choice" and text.choices is None:
        message = f"the fact `{text.fact}` is a choice, but among nothing"
        report.error(document, (*path, "kind"), "V07", message, "add its `choices`, each with what it says")
    elif text.kind != "choice" and text.choices is not None:
        message = f"the fact `{text.fact}` has choices, but is no choice"
        report.error(
            document, (*path, "kind"), "V07", message, "write `kind: choice`, or take the choices out"
        )
    if text.personal is not None and (text.kind != "text" or text.owner):
        message = f"`{text.fact}` is no text that could be erased: such a text has no owner"
        report.error(document, (*path, "personal"), "V10", message, "take `personal` out")
    if text.kind != "number" and (text.whole or text.least is not None or text.most is not None):
        message = f"the fact `{text.fact}` has the limits of a number, but is none"
        report.error(
            document, (*path, "kind"), "V08", message, "write `kind: number`, or take the limits out"
        )
    elif text.most is not None and text.most < (text.least or 0):
        message = "the most is less than the least"
        report.error(document, (*path, "most"), "V08", message, "exchange `least` and `most`")


def _check_handover(document: Document, content: VocabularyFile, report: CheckReport) -> None:
    """Report where the words for deliverer and recipient are not declared, or are no choices (V09)."""
    declared = {text.fact: (index, text.kind) for index, text in enumerate(content.facts)}
    for name, meant in ((DELIVERER, "who hands over"), (RECIPIENT, "who receives")):
        if name not in declared:
            message = f"the fact `{name}` is missing: the words for {meant} are each directive's own"
            report.error_at_key(document, ("facts",), "V09", message, f"declare `{name}` with its `choices`")
        elif declared[name][1] != "choice":
            path = ("facts", declared[name][0], "kind")
            message = f"`{name}` says {meant} by one of several words"
            report.error(document, path, "V09", message, "write `kind: choice`, and its `choices`")
        elif name == RECIPIENT and content.institution:
            choices = content.facts[declared[name][0]].choices or {}
            named = content.institution.recipient
            if named not in choices:
                remedy = suggestion(named, choices) or f"name one of {', '.join(choices)}"
                message = f"`{named}` is no choice of `{RECIPIENT}`"
                report.error(document, ("institution", "recipient"), "V14", message, remedy)


NAMED = {"asking_office": "text", "visitor": "text", "place": "text", "deadline": "date"}
"""Keys that name a fact of the whole request, and of which kind it has to be."""


def _check_names(document: Document, content: VocabularyFile, report: CheckReport) -> None:
    """Report named facts that are not of the whole request, or of another kind, and groups without a fact (V10)."""
    facts = {text.fact: text.kind for text in content.facts if not text.fact.startswith(ITEM)}
    for key, kind in NAMED.items():
        name = getattr(content, key)
        if name is not None and facts.get(name) != kind:
            fitting = [fact for fact, found in facts.items() if found == kind]
            remedy = (
                suggestion(name, fitting) or f"name a fact of the whole request whose kind is {kind}, or none"
            )
            message = f"`{name}` is no {kind} that is stated for the whole request"
            report.error(document, (key,), "V10", message, remedy)
    every = [*(text.fact for text in content.facts), *CORE]

    def fault_of(group: str) -> tuple[str, str, str] | None:
        if any(fact.startswith(f"{group}.") for fact in every):
            return None
        remedy = suggestion(group, {fact.rpartition(".")[0] for fact in every} - {""}) or "take it out"
        return "V10", f"no fact is in the group `{group}`", remedy

    for group in content.groups:
        if fault := fault_of(group):
            report.error_at_key(document, ("groups", group), *fault)
    if "urgency_group" in content.model_fields_set and (fault := fault_of(content.urgency_group)):
        report.error(document, ("urgency_group",), *fault)
