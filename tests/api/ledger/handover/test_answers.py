"""What became of each job of a group comes back as it was, or the answer is of no use."""

from __future__ import annotations

import pytest

from api.ledger.database import StoreUnavailable
from api.ledger.group_commit import JobResult
from api.ledger.handover.answers import answer_with, decode_answer, encode_answer
from api.ledger.handover.frames import FrameFault
from api.ledger.preconditions import PoliciesSuperseded, StaleRead

KEY = "example.org/log+0"


def test_each_job_has_its_own_result() -> None:
    results = [JobResult(), JobResult(refusal=StaleRead()), JobResult(refusal=PoliciesSuperseded())]
    content = encode_answer(answer_with(KEY, results, 7, [1, 2]))
    answer, found = decode_answer(content, 3, 2)
    assert (answer.signer, answer.newest, answer.numbers) == (KEY, 7, [1, 2])
    assert [type(result.refusal) for result in found] == [type(None), StaleRead, PoliciesSuperseded]


def test_of_a_transaction_that_failed_no_job_is_recorded() -> None:
    results = [JobResult(refusal=StoreUnavailable("disk full"))] * 2
    content = encode_answer(answer_with(KEY, results, 7, []))
    _, found = decode_answer(content, 2, 5)
    assert [str(result.refusal) for result in found] == ["disk full"] * 2
    assert all(isinstance(result.refusal, StoreUnavailable) for result in found)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"signer":"k","newest":"1"}',
        b'{"signer":"k","newest":1,"refused":{"2":"stale_read"}}',
        b'{"signer":"k","newest":1,"refused":{"0":"something"}}',
        b'{"signer":"k","newest":1,"numbers":[1]}',
    ],
    ids=["empty", "nothing", "a text", "another job", "another reason", "another text"],
)
def test_what_answers_another_group_is_a_fault(content: bytes) -> None:
    with pytest.raises(FrameFault):
        decode_answer(content, 2, 0)
