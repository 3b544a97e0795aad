"""Invariants from outside a policy folder: the floor, which no folder can lower, and those of the set before.

They are written as `invariants.yaml` is, and checked in the words of the folder that has to meet them. Their clauses
and readings are those of the directive they come from; the folder need not have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.checking.invariants import read_invariants
from engine.checking.newer_codes import NEWER_CODES
from engine.checking.report import CheckReport, SourceFile
from engine.checking.shape import kinds_of, shape
from engine.checking.vocabulary import vocabulary_in
from engine.contract.vocabulary import Vocabulary, Word
from engine.diagnostics import Diagnostic, PolicyFaults, Severity
from engine.loading.file_schema import InvariantsFile
from engine.loading.yaml_reader import load_document
from engine.policy.model import Invariant, PolicySet, Property


@dataclass(frozen=True, slots=True)
class OuterInvariants:
    """Invariants in shape, not yet checked against the words of a folder; `words` are those of their own, if any."""

    sources: tuple[SourceFile[InvariantsFile], ...] = ()
    words: Vocabulary | None = None


def read_floor(file: str, content: bytes) -> OuterInvariants:
    """Read a floor, a file in the form of `invariants.yaml`.

    Raises PolicyFaults: faults of form under the codes of policy files, and G01 if it holds nothing of every answer.
    """
    document = load_document(file, content)
    report = CheckReport()
    shaped = shape(document, report)
    report.stop_if_faulty()
    if not isinstance(shaped, InvariantsFile) or not shaped.invariants:
        message = "the floor says nothing of any answer, so it would hold nothing up"
        report.error(
            document, (), "G01", message, "write `invariants:` with at least one, or name another file"
        )
        raise PolicyFaults(report.findings)
    return OuterInvariants((SourceFile(document, shaped),))


def invariants_in(files: Mapping[str, bytes]) -> OuterInvariants:
    """The invariants of a policy folder that was in force, given as name -> content. Raises PolicyFaults."""
    return OuterInvariants(tuple(_sources(files)), vocabulary_in(files))


def _sources(files: Mapping[str, bytes]) -> Iterator[SourceFile[InvariantsFile]]:
    for name in sorted(files):
        document = load_document(name, files[name], NEWER_CODES)
        if kinds_of(document) == ["invariants"]:
            shaped = shape(document, CheckReport())
            if isinstance(shaped, InvariantsFile):
                yield SourceFile(document, shaped)


def hold_to(policies: PolicySet, floor: OuterInvariants, former: OuterInvariants | None = None) -> PolicySet:
    """Return the set held to a floor, and to what the set before stated of itself, if there was one.

    It is proved to meet both (`prove`), and no permission that breaks the floor is given. Raises PolicyFaults for
    each word of the floor (G02) or of the set before (G03) that the policies do not have.
    """
    words = policies.vocabulary
    stated = {held.says() for held in policies.invariants if _says_something(held, words)}
    newer = CheckReport(remarked=NEWER_CODES, vocabulary=words)
    former_stated = _stated(former, policies, _FORMER, newer) if former else ()
    return replace(
        policies,
        floor=_stated(floor, policies, _FLOOR, CheckReport(vocabulary=words)),
        former=tuple(
            held
            for held in former_stated
            if held.says() not in stated
            and (former is None or former.words is None or _says_something(held, former.words))
        ),
    )


def _says_something(held: Invariant, words: Vocabulary) -> bool:
    """Whether an invariant is about something that a request can state."""
    return held.property is not Property.URGENCY_NEVER_PERMITS or bool(words.urgencies)


_FLOOR = (
    "G02",
    "the policies cannot state the floor",
    "mend the floor in the file named, or name one that they can state, with --floor FILE or CHANNELGATE_FLOOR",
)
_FORMER = (
    "G03",
    "the policies cannot state an invariant of the set before",
    "keep the word, or change the invariant first, as a change of its own",
)


def _stated(
    outer: OuterInvariants, policies: PolicySet, texts: tuple[str, str, str], report: CheckReport
) -> tuple[Invariant, ...]:
    """The invariants in the words of the set; `texts` has the code, fact and remedy where it cannot state them."""
    code, fact, remedy = texts
    stated = tuple(
        invariant
        for source in outer.sources
        for invariant in read_invariants(source, report, _shared_words(policies))
    )
    if report.faulty:
        raise PolicyFaults(
            Diagnostic(finding.place, code, f"{fact}: {finding.message}", remedy)
            for finding in report.findings
            if finding.severity is Severity.ERROR
        )
    return stated


def _shared_words(policies: PolicySet) -> Mapping[str, Word]:
    """The parameters that every country declares alike, of those that follow the directive if there are any.

    One that has rules of its own alone, or is never governed, need not have them: there they are not known.
    """
    following = [policy.declared for policy in policies.policies if policy.follows]
    declared = following or [policy.declared for policy in policies.policies if "country" in policy.declared]
    first = declared[0] if declared else {}
    return {name: word for name, word in first.items() if all(other.get(name) == word for other in declared)}
