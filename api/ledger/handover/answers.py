"""What the writer answers to a group, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

from pydantic import BaseModel, ConfigDict, ValidationError

from api.ledger.database import StoreUnavailable
from api.ledger.group_commit import JobResult
from api.ledger.handover.frames import FrameFault
from api.ledger.preconditions import PoliciesSuperseded, StaleRead


class HandedRefusal(StrEnum):
    """Why a job of a group that is recorded is not recorded itself."""

    STALE_READ = "stale_read"
    POLICIES_SUPERSEDED = "policies_superseded"


class GroupAnswer(BaseModel):
    """What came of a group: `unavailable` says why nothing of it is recorded, `refused` which jobs are not.

    `newest` is the newest record that was met, `numbers` those of the texts of the group, `signer` the verifying key
    of the log.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    signer: str
    newest: int
    unavailable: str | None = None
    refused: dict[int, HandedRefusal] = {}
    numbers: list[int] = []


def answer_with(
    signer: str, results: Sequence[JobResult], newest: int, numbers: Sequence[int]
) -> GroupAnswer:
    """Return the answer to a group whose jobs had these results."""
    refused = dict[int, HandedRefusal]()
    for place, result in enumerate(results):
        match result.refusal:
            case None:
                continue
            case StaleRead():
                refused[place] = HandedRefusal.STALE_READ
            case PoliciesSuperseded():
                refused[place] = HandedRefusal.POLICIES_SUPERSEDED
            case other:
                return GroupAnswer(signer=signer, newest=newest, unavailable=str(other))
    return GroupAnswer(signer=signer, newest=newest, refused=refused, numbers=[*numbers])


def encode_answer(answer: GroupAnswer) -> bytes:
    """Return the answer as bytes."""
    return answer.model_dump_json().encode()


def decode_answer(content: bytes, jobs: int, texts: int) -> tuple[GroupAnswer, list[JobResult]]:
    """Return the answer to a group of so many jobs and texts, with a result for each job.

    Raises `FrameFault` for anything else.
    """
    try:
        answer = GroupAnswer.model_validate_json(content)
    except ValidationError as error:
        raise FrameFault("it is no answer to a group") from error
    if answer.unavailable is not None:
        return answer, [JobResult(refusal=StoreUnavailable(answer.unavailable)) for _ in range(jobs)]
    if len(answer.numbers) != texts or any(not 0 <= place < jobs for place in answer.refused):
        raise FrameFault("it answers another group")
    results = [JobResult()] * jobs
    for place, refusal in answer.refused.items():
        results[place] = JobResult(refusal=_exception(refusal))
    return answer, results


def _exception(refusal: HandedRefusal) -> Exception:
    match refusal:
        case HandedRefusal.STALE_READ:
            return StaleRead()
        case HandedRefusal.POLICIES_SUPERSEDED:
            return PoliciesSuperseded()
        case _:
            assert_never(refusal)
