"""The work on one decision, in steps: many are taken in lockstep, and each step of all of them runs after the other.

A step is a plain call and no generator within a generator: what 64 calls hold between their steps has to stay in the
processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from api.domain.about import about_request
from api.domain.caller_basis import CallerBasis
from api.domain.cases.urgency import links_to_bytes
from api.domain.decision_moment import DecisionMoment, text_of_moment
from api.domain.known_facts import NO_RECORDS, CaseRecords, establish_facts, known_of
from api.ledger.entries import DECISION, REQUEST, Entry, EntryKind
from api.ledger.group_commit import Leaf
from api.ledger.merkle import leaf_hash
from api.parsing.problems import Problem, ProblemKind, make_problem
from api.parsing.stated_texts import form_taken
from api.policies.active_set import ActiveSet
from api.runtime.loggers import get_logger
from api.services.answer_members import end_of_answer
from api.services.decision_ids import new_decision_id
from api.services.prepared_requests import PreparedRequest
from engine import decide_to_json

_HEAD = b'{"kind":"decision","key":"%b","at":"%b",%b"payloads":{"request":%d,"decision":%d}}\n%b'

_DECISION = EntryKind.DECISION  # looked up once: an enumeration does that at the cost of a call

log = get_logger()


@dataclass(slots=True)
class DecisionAnswer:
    """The entry of a decision; the end of the answer, given once it is recorded; whether the floor stopped it.

    The answer is the decision but for its closing brace, and `end`: they are put together when they are sent. It is
    not frozen only because that would double the cost of making one.
    """

    entry: Entry
    end: bytes
    is_stopped: bool = False

    @property
    def request_id(self) -> str:
        """The id of the request."""
        return str(self.entry.members["request_id"])

    @property
    def parts(self) -> tuple[bytes, bytes]:
        """The answer, in parts."""
        return self.entry.payloads[DECISION][:-1], self.end

    @property
    def decision(self) -> bytes:
        """The decision as recorded, without its closing brace."""
        return self.entry.payloads[DECISION][:-1]

    @property
    def content(self) -> bytes:
        """The whole answer."""
        return b"".join((self.decision, self.end))


class DecisionWork:
    """A request while it is decided and written out; its steps are taken in the order of `STEPS`, then `finish`.

    The `basis` is that of the caller under the active set, while this has the status of the moment. `trace_id` is the
    trace of the call, if its caller stated one.
    """

    __slots__ = (
        "_at",
        "_basis",
        "_decided",
        "_decision_id",
        "_end",
        "_facts",
        "_known",
        "_prepared",
        "_records",
        "_status",
        "_trace_id",
        "active",
    )

    def __init__(
        self,
        prepared: PreparedRequest,
        records: CaseRecords,
        active: ActiveSet,
        moment: DecisionMoment,
        basis: CallerBasis,
        trace_id: str | None = None,
    ) -> None:
        self._prepared = prepared
        self._records = records
        self.active = active
        self._at, self._status = moment
        self._basis = basis
        self._trace_id = trace_id
        self._decision_id = new_decision_id(self._at)

    @property
    def request_id(self) -> str:
        """The id that its caller gave the request."""
        return self._prepared.request.request_id

    def establish(self) -> None:
        """Find the facts that count."""
        active, prepared = self.active, self._prepared
        policies, request = active.policies, prepared.request
        known = None
        if self._records is not NO_RECORDS:
            day = request.as_of or policies.day_at(self._at)
            known = known_of(policies, request, prepared.department, self._records, day)
        self._known = known
        self._facts = establish_facts(policies.vocabulary, request, known, self._basis.believed)

    def decide(self) -> None:
        """Decide."""
        facts = self._facts
        self._decided = decide_to_json(
            self.active.policies,
            facts.request,
            decision_id=self._decision_id,
            evaluated_at=self._at,
            claimed=facts.claimed,
            status=self._status,
        )

    def write(self) -> None:
        """Write out the answer."""
        prepared, decided, policies = self._prepared, self._decided, self.active.policies
        case = None
        if self._records.cases and prepared.key:
            case = self._records.cases.get(prepared.key)
        links = None
        if case is not None or decided.is_urgent:
            case_id = case.case_id if case else None
            role = self._basis.caller.role
            links = links_to_bytes(self._decision_id, prepared.key, case_id, role, urgent=decided.is_urgent)
        about = about_request(prepared.request, policies.vocabulary, policies)
        self._end = end_of_answer(about, links)

    def finish(self) -> DecisionAnswer:
        """Return the answer with its entry."""
        prepared, decided = self._prepared, self._decided
        if decided.broken:
            log.error(
                "permission_stopped_by_floor",
                decision_id=self._decision_id,
                revision=self.active.policies.revision,
                broken=decided.broken,
                fact="the policies would have permitted what no policies may permit; it was refused",
                remedy="mend the policies: `channelgate policies prove` shows what they permit",
            )
        members = self._basis.entry_members(
            prepared.request.request_id,
            decided.outcome,
            prepared.department,
            self._known,
            form_taken(prepared.logged),
            self._trace_id,
        )
        payloads = {REQUEST: prepared.logged, DECISION: decided.content}
        entry = Entry(_DECISION, self._decision_id, self._at, members, payloads, decided.pieces)
        return DecisionAnswer(entry, self._end, bool(decided.broken))

    def leaf_of(self, answer: DecisionAnswer) -> Leaf:
        """Return the entry of the answer as `Leaf.of` does."""
        entry = answer.entry
        members = self._basis.members_to_json(entry.members)
        if members is None:
            return Leaf.of(entry)
        at, payloads = text_of_moment(entry.at), entry.payloads
        request, decision = payloads[REQUEST], payloads[DECISION]
        head = _HEAD % (entry.key.encode(), at.encode(), members, len(request), len(decision), request)
        return Leaf(entry, at, head, leaf_hash(head, *entry.pieces))

    def report_failure(self) -> Problem:
        """Log the exception that a step raised, and return the problem: whatever fails is never a decision."""
        log.exception("deciding_failed", decision_id=self._decision_id)
        return make_problem(
            ProblemKind.INTERNAL, "Hand nothing over; the failure was logged.", request_id=self.request_id
        )


STEPS: tuple[Callable[[DecisionWork], None], ...] = (
    DecisionWork.establish,
    DecisionWork.decide,
    DecisionWork.write,
)
