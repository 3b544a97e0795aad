"""The stages of checking in their order, from documents to a policy set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from engine.checking.authzen import check_authzen
from engine.checking.clashes import SearchHistory, find_clashes
from engine.checking.dated_parts import find_dated_parts
from engine.checking.hints import Folder, find_expiries, find_hints
from engine.checking.invariants import check_invariants
from engine.checking.language_hints import hint_at_languages
from engine.checking.languages import check_languages
from engine.checking.names import DefinedNames, define_names, words_for
from engine.checking.parties import check_parties
from engine.checking.phrases import check_phrases
from engine.checking.policy_files import check_policy_files
from engine.checking.readings import check_readings
from engine.checking.registers import check_registers
from engine.checking.report import CheckReport, SourceFile
from engine.checking.rules import (
    check_standing_answer,
    check_too_old_answer,
)
from engine.checking.sentences import check_line_words
from engine.checking.shape import kinds_of, shape
from engine.checking.translatable_texts import translatable_texts
from engine.checking.vocabulary import check_institution, check_vocabulary
from engine.contract.decision import Outcome
from engine.contract.offices import Roles
from engine.contract.time_zones import UTC, time_zone_names
from engine.diagnostics import Diagnostic, Place, PolicyFaults, suggestion
from engine.loading.authzen_schema import AuthzenFile
from engine.loading.document import Document
from engine.loading.file_schema import (
    DirectiveFile,
    InvariantsFile,
    PolicyFile,
    ReadingsFile,
)
from engine.loading.language_schema import LanguageFile
from engine.loading.registers_schema import RegistersFile
from engine.loading.vocabulary_schema import VocabularyFile
from engine.policy.model import Clause, PolicySet
from engine.policy.rules import Cited, Period
from engine.policy.standing_answers import StandingCase
from engine.policy.titles import NEUTRAL_TITLES


def check_policies(
    documents: Sequence[Document],
    revision: str,
    unreadable: Iterable[Diagnostic] = (),
    settled: Collection[str] = (),
    remarked: Collection[str] = (),
) -> PolicySet:
    """Check the documents of a policy folder. Raises PolicyFaults with every fault found.

    `unreadable` are the faults of the files that gave no document. What a missing file would have defined looks the
    same as what nobody defines, so the names are checked only if no more than country files are missing, and what
    the whole set lacks only if none is. `settled` are the files of policies whose rules are already known not to
    clash: the search for clashes, which takes most of the time, leaves them out. `remarked` are the codes of
    checks that are newer than the set: what they find in it is a remark, and no fault.
    """
    remarks = [remark for document in documents for remark in document.remarks]
    report = CheckReport([*unreadable, *remarks], frozenset(remarked))
    vocabularies: list[SourceFile[VocabularyFile]] = []
    register_files: list[SourceFile[RegistersFile]] = []
    languages: list[SourceFile[LanguageFile]] = []
    authzen_files: list[SourceFile[AuthzenFile]] = []
    directives: list[SourceFile[DirectiveFile]] = []
    reading_files: list[SourceFile[ReadingsFile]] = []
    policies: list[SourceFile[PolicyFile]] = []
    invariants: list[SourceFile[InvariantsFile]] = []
    complete = not report.faulty
    for document in sorted(documents, key=lambda document: document.file):
        match shape(document, report):
            case DirectiveFile() as content:
                directives.append(SourceFile(document, content))
            case ReadingsFile() as content:
                reading_files.append(SourceFile(document, content))
            case PolicyFile() as content:
                policies.append(SourceFile(document, content))
            case InvariantsFile() as content:
                invariants.append(SourceFile(document, content))
            case VocabularyFile() as content:
                vocabularies.append(SourceFile(document, content))
            case RegistersFile() as content:
                register_files.append(SourceFile(document, content))
            case LanguageFile() as content:
                languages.append(SourceFile(document, content))
            case AuthzenFile() as content:
                authzen_files.append(SourceFile(document, content))
            case None:
                kinds = kinds_of(document)
                complete = complete and kinds in (
                    ["policy"],
                    ["invariants"],
                    ["lists"],
                    ["language"],
                    ["subjects"],
                )
    for extra in directives[1:]:
        message = f"a second directive; the first is in {directives[0].document.file}"
        report.error(extra.document, ("directive",), "R16", message, "keep one directive in a folder")
    if not directives and complete:
        place = Place(min((document.file for document in documents), default="."))
        report.findings.append(
            Diagnostic(place, "R16", "no file has a `directive:`", "add the directive's file")
        )
    if not directives or not complete:
        raise PolicyFaults(report.findings)
    report.ends_with_dates = bool(vocabularies)
    report.vocabulary = check_vocabulary(vocabularies, directives[0].content.parties, report)
    roles = check_parties(directives[0], vocabularies, report)
    declared = [directives[0].content.parameters, *(source.content.own_parameters for source in policies)]
    kinds_of_parameters = {name: text.kind for parameters in declared for name, text in parameters.items()}
    for source in vocabularies:
        check_institution(source, kinds_of_parameters, report)
    return _checked(
        directives[0],
        reading_files,
        policies,
        invariants,
        vocabularies,
        register_files,
        languages,
        authzen_files,
        roles,
        report,
        revision,
        settled,
    )


def _checked(
    directive: SourceFile[DirectiveFile],
    reading_files: Sequence[SourceFile[ReadingsFile]],
    policies: Sequence[SourceFile[PolicyFile]],
    invariants: Sequence[SourceFile[InvariantsFile]],
    vocabularies: Sequence[SourceFile[VocabularyFile]],
    register_files: Sequence[SourceFile[RegistersFile]],
    languages: Sequence[SourceFile[LanguageFile]],
    authzen_files: Sequence[SourceFile[AuthzenFile]],
    roles: Roles,
    report: CheckReport,
    revision: str,
    settled: Collection[str],
) -> PolicySet:
    content = directive.content
    phrases = check_phrases(vocabularies, report)
    names = define_names(directive, reading_files, policies, invariants, report)
    report.languages = check_languages(languages, policies, names)
    checked = check_policy_files(directive, policies, names)
    words = words_for(content.parameters, country=True, answered_by=content.editing_party)
    proved = check_invariants(invariants, names, words)
    standing_answers = {
        StandingCase(key): check_standing_answer(directive, key, answer, names)
        for key, answer in content.standing_answers.cases.items()
    }
    too_old_answer = check_too_old_answer(directive, standing_answers[StandingCase.NOT_SETTLED], names)
    several = content.several_countries
    cited = (
        names.cited(directive.document, ("several_countries",), several.clause, several.reading)
        if several
        else Cited(())
    )
    line_words = check_line_words(directive, names)
    instruction = _instruction(directive, names)
    _check_directive(directive, names)
    readings = check_readings(reading_files, names)
    report.stop_if_faulty()
    registers = check_registers(register_files, directive, policies, names)
    authzen = check_authzen(authzen_files, report)
    _check_coverage(directive, names)
    history = SearchHistory()
    for policy in checked:
        if policy.file not in settled:
            find_clashes(policy, report, history)
    report.stop_if_faulty()
    folder = Folder(
        directive,
        reading_files,
        policies,
        invariants,
        checked,
        proved,
        standing_answers.values(),
        registers,
    )
    find_hints(folder, names)
    texts = list(translatable_texts(directive, policies, vocabularies))
    gaps = hint_at_languages(languages, policies, texts, report)
    return PolicySet(
        name=content.directive,
        title=content.title,
        source={key: str(value) for key, value in content.source if value is not None},
        instruction=instruction,
        parties={name: party.title for name, party in content.parties.items()},
        valid_days=content.valid_days,
        clauses={c.clause: Clause(c.clause, c.text, c.who, c.no_rule) for c in content.clauses},
        readings=readings,
        policies=tuple(sorted(checked, key=lambda policy: policy.name)),
        several_countries=cited,
        standing_answers=standing_answers,
        too_old_answer=too_old_answer,
        line_words=line_words,
        languages=report.languages,
        translation_gaps=gaps,
        titles={**NEUTRAL_TITLES, **{outcome: text.title for outcome, text in content.outcomes.items()}},
        revision=revision,
        time_zone=content.time_zone or UTC,
        vocabulary=report.vocabulary,
        registers=registers,
        authzen=authzen,
        roles=roles,
        files=tuple(
            sorted(
                source.document.file
                for source in (
                    directive,
                    *reading_files,
                    *policies,
                    *invariants,
                    *vocabularies,
                    *register_files,
                    *languages,
                    *authzen_files,
                )
            )
        ),
        invariants=proved,
        hints=tuple(sorted(report.findings)),
        expiries=find_expiries(folder),
        dated_parts=find_dated_parts(directive, reading_files, policies, checked),
        phrases=phrases,
    )


def _instruction(directive: SourceFile[DirectiveFile], names: DefinedNames) -> Period | None:
    text = directive.content.instruction
    return names.period(directive.document, ("instruction", "in_force"), text.in_force) if text else None


def _check_directive(directive: SourceFile[DirectiveFile], names: DefinedNames) -> None:
    """Report outcomes without days (R20), and parties (R06), facts (R29) and time zones (R32) that do not exist."""
    document, content, report = directive.document, directive.content, names.report
    zone = content.time_zone
    if zone is not None and zone not in time_zone_names():
        another = "name one of the IANA database, such as Asia/Shanghai for Beijing"
        remedy = suggestion(zone, time_zone_names(), cutoff=0.8) or another
        report.error(document, ("time_zone",), "R32", f"unknown time zone `{zone}`", remedy)
    for index, clause in enumerate(content.clauses):
        path = ("clauses", index)
        if clause.who and clause.who not in names.parties:
            remedy = suggestion(clause.who, names.parties) or "name one of `parties`"
            report.error(document, (*path, "who"), "R06", f"unknown party `{clause.who}`", remedy)
    for outcome, titled in content.outcomes.items():
        names.sentence(document, ("outcomes", outcome, "title"), titled.title, ())
    for index, entry in enumerate(content.not_asked):
        names.known_readings(document, ("not_asked", index), entry.reading or ())
        for position, fact in enumerate(entry.facts):
            if fact not in report.vocabulary.words:
                remedy = suggestion(fact, report.vocabulary.words) or "name a fact of the request"
                at = ("not_asked", index, "facts", position)
                report.error(document, at, "R29", f"unknown fact `{fact}`", remedy)
    for outcome in Outcome:
        if outcome not in content.valid_days:
            message = f"no number of days for `{outcome}`"
            report.error_at_key(
                document, ("valid_days",), "R20", message, "say for how many days the answer may be relied on"
            )


def _check_coverage(directive: SourceFile[DirectiveFile], names: DefinedNames) -> None:
    """Report clauses that nothing carries out although they should (R08), or although they say so (R09)."""
    document, report = directive.document, names.report
    for index, clause in enumerate(directive.content.clauses):
        path = ("clauses", index)
        cited = clause.clause in names.cited_clauses
        if not cited and clause.no_rule is None:
            message = f"no rule carries out the clause {clause.clause}"
            report.error(
                document, (*path, "clause"), "R08", message, "cite it in a rule, or say why not in `no_rule`"
            )
        if cited and clause.no_rule is not None:
            message = f"the clause {clause.clause} says that it has no rule, but one cites it"
            report.error_at_key(
                document, (*path, "no_rule"), "R09", message, "take `no_rule` or the citation out"
            )
