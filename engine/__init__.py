"""The pure engine: policy text in, checked policies; policies and a request in, a decision. No clock, no files.

What deciding does not need, such as checking, proofs and the writing of policy files, is imported when one of its
names is first used.
"""

from collections.abc import Collection, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from engine.compiling import unread_facts
from engine.contract.claims import withhold_claims, withhold_unconfirmed
from engine.contract.country_names import mistakable_for, name_country
from engine.contract.decision import (
    ANSWER_EDITION,
    Decision,
    Duty,
    LineDecision,
    Missing,
    Outcome,
    Permission,
)
from engine.contract.offices import PartyOffice, Role, Roles, make_roles, operator_of
from engine.contract.registers import DueState, RegisterStep
from engine.contract.request import (
    Item,
    Request,
    RequestPart,
    line_marks,
)
from engine.contract.serving_status import NO_STATUS, AgeKind, Approval, PastLimit, ServingStatus
from engine.contract.terms import CountsFrom, Term, read_term
from engine.contract.time_zones import UTC, day_in, end_of_day, time_zone_names
from engine.contract.vocabulary import FactGroup, Kind, Vocabulary, Word, follow
from engine.contract.vocabulary_building import DELIVERER, RECIPIENT
from engine.deciding import WrittenDecision, decide, decide_by_walking, decide_to_json
from engine.diagnostics import Diagnostic, Place, PolicyFaults, Severity, suggestion
from engine.outcomes import line_outcomes, outcome_of, outcomes_of
from engine.policy.authzen import AuthzenMapping, EntityMapping
from engine.policy.languages import ENGLISH
from engine.policy.model import Invariant, PolicySet
from engine.policy.registers import HandoverClauses, InclusionFacts, ListSort, Registers
from engine.policy.revision import revision_of
from engine.policy.sentences import fill_in

if TYPE_CHECKING:
    from engine.analysis.comparing import compare
    from engine.analysis.comparison import (
        ChangedAnswer,
        ChangedClass,
        Comparison,
        Difference,
        Direction,
        direction_of,
    )
    from engine.analysis.day_changes import compare_with_day_before
    from engine.analysis.proof import Obligation, Proof, ProofGroup, Verdict, WorkedRequest
    from engine.analysis.proving import prove, prove_floor, prove_in_groups
    from engine.analysis.solving import ProverMissing
    from engine.checking import (
        OuterInvariants,
        hold_to,
        invariants_in,
        is_remark,
        read_floor,
        roles_in,
        vocabulary_in,
        vocabulary_of_version_1,
    )
    from engine.explanation import (
        Change,
        ConditionPart,
        ConsideredPolicy,
        ConsideredRule,
        Explanation,
        ExplanationStopped,
        LineExplanation,
        explain,
    )
    from engine.formatting import (
        LayoutLost,
        RuleValues,
        exchange_rows,
        lay_out,
        policy_schema,
        put_value,
        tables_in,
    )
    from engine.loading.document import MAX_FILE_BYTES, Document
    from engine.loading.yaml_reader import load_document
    from engine.policy.description import (
        clause_coverage,
        conditions_of,
        describe_policies,
        describe_policy,
        describe_vocabulary,
        rule_names,
    )
    from engine.policy.explained_names import NameExplanation, explain_names
    from engine.policy.fingerprints import AnswerBasis, Link, Statement, find_answer_basis, find_links
    from engine.policy.upcoming import ChangeDay, DatedChange, DatedChangeKind, list_upcoming, own_dates

__all__ = [
    "ANSWER_EDITION",
    "DELIVERER",
    "ENGLISH",
    "MAX_FILE_BYTES",
    "NO_STATUS",
    "RECIPIENT",
    "UTC",
    "AgeKind",
    "AnswerBasis",
    "Approval",
    "AuthzenMapping",
    "Change",
    "ChangeDay",
    "ChangedAnswer",
    "ChangedClass",
    "Comparison",
    "ConditionPart",
    "ConsideredPolicy",
    "ConsideredRule",
    "CountsFrom",
    "DatedChange",
    "DatedChangeKind",
    "Decision",
    "Diagnostic",
    "Difference",
    "Direction",
    "Document",
    "DueState",
    "Duty",
    "EntityMapping",
    "Explanation",
    "ExplanationStopped",
    "FactGroup",
    "HandoverClauses",
    "InclusionFacts",
    "Invariant",
    "Item",
    "Kind",
    "LayoutLost",
    "LineDecision",
    "LineExplanation",
    "Link",
    "ListSort",
    "Missing",
    "NameExplanation",
    "Obligation",
    "Outcome",
    "OuterInvariants",
    "PartyOffice",
    "PastLimit",
    "Permission",
    "Place",
    "PolicyFaults",
    "PolicySet",
    "Proof",
    "ProofGroup",
    "ProverMissing",
    "RegisterStep",
    "Registers",
    "Request",
    "RequestPart",
    "Role",
    "Roles",
    "RuleValues",
    "ServingStatus",
    "Severity",
    "Statement",
    "Term",
    "Verdict",
    "Vocabulary",
    "Word",
    "WorkedRequest",
    "WrittenDecision",
    "clause_coverage",
    "compare",
    "compare_with_day_before",
    "conditions_of",
    "day_in",
    "decide",
    "decide_by_walking",
    "decide_to_json",
    "describe_policies",
    "describe_policy",
    "describe_vocabulary",
    "direction_of",
    "end_of_day",
    "exchange_rows",
    "explain",
    "explain_names",
    "fill_in",
    "find_answer_basis",
    "find_links",
    "follow",
    "hold_to",
    "invariants_in",
    "is_remark",
    "lay_out",
    "line_marks",
    "line_outcomes",
    "list_upcoming",
    "load_document",
    "load_policies",
    "load_recorded_policies",
    "make_roles",
    "mistakable_for",
    "name_country",
    "operator_of",
    "outcome_of",
    "outcomes_of",
    "own_dates",
    "policy_schema",
    "prove",
    "prove_floor",
    "prove_in_groups",
    "put_value",
    "read_floor",
    "read_term",
    "revision_of",
    "roles_in",
    "rule_names",
    "suggestion",
    "tables_in",
    "time_zone_names",
    "unread_facts",
    "vocabulary_in",
    "vocabulary_of_version_1",
    "withhold_claims",
    "withhold_unconfirmed",
]


_LATER = {
    name: module
    for module, names in {
        "engine.analysis.comparing": "compare",
        "engine.analysis.comparison": (
            "ChangedAnswer ChangedClass Comparison Difference Direction direction_of"
        ),
        "engine.analysis.day_changes": "compare_with_day_before",
        "engine.analysis.proof": "Obligation Proof ProofGroup Verdict WorkedRequest",
        "engine.analysis.proving": "prove prove_floor prove_in_groups",
        "engine.analysis.solving": "ProverMissing",
        "engine.checking": (
            "OuterInvariants hold_to invariants_in is_remark read_floor roles_in vocabulary_in "
            "vocabulary_of_version_1"
        ),
        "engine.explanation": (
            "Change ConditionPart ConsideredPolicy ConsideredRule Explanation ExplanationStopped "
            "LineExplanation explain"
        ),
        "engine.formatting": "LayoutLost RuleValues exchange_rows lay_out policy_schema put_value tables_in",
        "engine.loading.document": "MAX_FILE_BYTES Document",
        "engine.loading.yaml_reader": "load_document",
        "engine.policy.description": (
            "clause_coverage conditions_of describe_policies describe_policy describe_vocabulary rule_names"
        ),
        "engine.policy.explained_names": "NameExplanation explain_names",
        "engine.policy.fingerprints": "AnswerBasis Link Statement find_answer_basis find_links",
        "engine.policy.upcoming": "ChangeDay DatedChange DatedChangeKind list_upcoming own_dates",
    }.items()
    for name in names.split()
}
"""The modules of the names that are imported when they are first used."""

if not TYPE_CHECKING:  # a type checker knows the names from their imports, and takes no others

    def __getattr__(name: str) -> object:
        """Return a name that is imported on first use."""
        if package := _LATER.get(name):
            return getattr(import_module(package), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_policies(files: Mapping[str, bytes], unread: Collection[Diagnostic] = ()) -> PolicySet:
    """Check the files of a policy folder, given as name -> content, and return the set ready to decide by.

    `unread` are the faults of what else lies in the folder. Raises PolicyFaults with them and every fault of every
    file; a set with any fault is never returned.
    """
    from engine.checking import load_folder

    return load_folder(files, revision_of(files), unread)


def load_recorded_policies(files: Mapping[str, bytes]) -> PolicySet:
    """Return a set that was in use once, to decide again by it: what only newer checks find in it is remarked.

    Raises PolicyFaults for any other fault, as `load_policies` does. Never for a set that is to become active.
    """
    from engine.checking import NEWER_CODES, load_folder

    return load_folder(files, revision_of(files), remarked=NEWER_CODES)
