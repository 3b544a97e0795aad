"""The parties of the directive's file -> the roles that callers have (R40 to R44, V12, V13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.checking.newer_codes import NEWER_CODES
from engine.checking.report import CheckReport, SourceFile
from engine.checking.shape import kinds_of, shape
from engine.checking.vocabulary import vocabulary_in
from engine.contract.offices import AUDITOR, RECORDING, OfficeHolder, PartyOffice, Roles, make_roles
from engine.diagnostics import suggestion
from engine.loading.document import Document
from engine.loading.file_schema import DirectiveFile
from engine.loading.party_schema import PartyText
from engine.loading.vocabulary_schema import VocabularyFile
from engine.loading.yaml_reader import load_document

_WORDS = [office.value for office in PartyOffice]


def roles_in(content: Mapping[str, bytes]) -> Roles:
    """Return the roles of a policy folder that was in force, given as name -> content. Raises PolicyFaults."""
    report = CheckReport()
    for name in sorted(content):
        document = load_document(name, content[name], NEWER_CODES)
        if kinds_of(document) == ["directive"] and isinstance(text := shape(document, report), DirectiveFile):
            return make_roles(_holders(text.parties), vocabulary_in(content))
    report.stop_if_faulty()
    return make_roles((), vocabulary_in(content))


def check_parties(
    directive: SourceFile[DirectiveFile],
    vocabularies: Sequence[SourceFile[VocabularyFile]],
    report: CheckReport,
) -> Roles:
    """Return the roles of callers, reporting offices and roles that cannot be."""
    document, parties = directive.document, directive.content.parties
    _check_offices(document, parties, report)
    _check_roles(document, parties, report)
    _check_records(document, parties, report)
    holders = _holders(parties)
    if holders:
        _check_asking_party(directive, vocabularies, holders, report)
        for source in vocabularies:
            _check_owners(source, holders, report)
    return make_roles(holders, report.vocabulary)


def _holders(parties: Mapping[str, PartyText]) -> list[OfficeHolder]:
    return [
        OfficeHolder(
            name,
            party.role or name,
            frozenset(PartyOffice(office) for office in party.offices if office in _WORDS),
            frozenset(party.records or ()),
        )
        for name, party in parties.items()
        if party.offices
    ]


def _check_offices(document: Document, parties: Mapping[str, PartyText], report: CheckReport) -> None:
    """Report offices that do not exist (R40), and parties that ask and hold another office (R43)."""
    for name, party in parties.items():
        path = ("parties", name, "offices")
        for index, office in enumerate(party.offices or ()):
            if office not in _WORDS:
                remedy = suggestion(office, _WORDS) or f"name one of {', '.join(_WORDS)}"
                report.error(document, (*path, index), "R40", f"unknown office `{office}`", remedy)
        if PartyOffice.ASKS in (party.offices or ()) and len(set(party.offices or ())) > 1:
            message = f"the party `{name}` asks for itself, and holds an office over what others ask"
            report.error(document, path, "R43", message, "give the other office to a party of its own")


def _check_roles(document: Document, parties: Mapping[str, PartyText], report: CheckReport) -> None:
    """Report two parties with one role (R41), and roles of parties that may do nothing, or not what it says (R42)."""
    known: dict[str, str] = {}
    for name, party in parties.items():
        path = ("parties", name)
        if not party.offices:
            if party.role:
                message = f"the party `{name}` has a role, but no office"
                report.error(document, (*path, "role"), "R42", message, "add its `offices`, or take it out")
            continue
        role = party.role or name
        at = (*path, "role") if party.role else path
        if role in known:
            message = f"the role `{role}` is already that of the party `{known[role]}`"
            report.error(document, at, "R41", message, "give each party a `role` of its own")
        if role == AUDITOR and PartyOffice.AUDITS not in party.offices:
            message = f"the role `{AUDITOR}` is always there, and audits"
            remedy = "add the office `audits`, or give the party another `role`"
            report.error(document, at, "R42", message, remedy)
        known.setdefault(role, name)


def _check_records(document: Document, parties: Mapping[str, PartyText], report: CheckReport) -> None:
    """Report facts to be recorded that do not exist, or by a party without an office that lets it record (R44)."""
    facts = report.vocabulary.facts
    for name, party in parties.items():
        path = ("parties", name, "records")
        for index, fact in enumerate(party.records or ()):
            if fact not in facts:
                remedy = suggestion(fact, facts) or "name a fact of the request"
                report.error(document, (*path, index), "R44", f"unknown fact `{fact}`", remedy)
        if party.records and RECORDING.isdisjoint(party.offices or ()):
            message = f"the party `{name}` has facts to record, but no office for that"
            remedy = f"add one of the offices {', '.join(sorted(RECORDING))}"
            report.error(document, path, "R44", message, remedy)


def _check_asking_party(
    directive: SourceFile[DirectiveFile],
    vocabularies: Sequence[SourceFile[VocabularyFile]],
    holders: Sequence[OfficeHolder],
    report: CheckReport,
) -> None:
    """Report an asking party that does not hold the office (V12)."""
    party = report.vocabulary.asking_party
    if any(one.party == party and PartyOffice.ASKS in one.offices for one in holders):
        return
    message = f"nobody can ask: the party `{party}` has not the office `asks`"
    remedy = f"write `offices: [asks]` at `{party}` under the directive's `parties`"
    if vocabularies:
        report.error(vocabularies[0].document, ("asking_party",), "V12", message, remedy)
    else:
        report.error_at_key(directive.document, ("parties",), "V12", message, remedy)


def _check_owners(
    source: SourceFile[VocabularyFile], holders: Sequence[OfficeHolder], report: CheckReport
) -> None:
    """Report facts whose owner has no office by which it could record them (V13)."""
    recording = {one.party for one in holders if not one.offices.isdisjoint(RECORDING)}
    for index, text in enumerate(source.content.facts):
        if text.owner and text.owner not in recording:
            message = f"nobody can record `{text.fact}`: its owner `{text.owner}` has no office for that"
            remedy = "give the party an office: `keeps_registers` records its own facts and no others"
            report.error(source.document, ("facts", index, "owner"), "V13", message, remedy)
