"""An entry of the log, and whether it records an answer as given to a request as sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from channelgate_client.generated.models import AnsweredDecision, Decision, ExplainedDecision
from channelgate_client.verification.notes import (
    Checkpoint,
    NotVerified,
    VerifyingKey,
    decode,
    verify_checkpoint,
)
from channelgate_client.verification.trees import includes

_NULL = b"null"
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class RecordedEntry:
    """An entry that is proved: its place, its members, its payloads as bytes, and the checkpoint above it."""

    sequence: int
    members: Mapping[str, Any]
    payloads: Mapping[str, bytes]
    checkpoint: Checkpoint


def verify_decision(
    decision: AnsweredDecision | ExplainedDecision | Decision,
    sent: bytes,
    proof: Mapping[str, Any] | str | bytes,
    keys: Sequence[VerifyingKey],
) -> RecordedEntry:
    """Return the entry that records the decision as it was given, to the request that was sent. Raises `NotVerified`.

    `sent` are the bytes of the request (`encode_body`). A text that the service records separately, so that it can be
    erased, is null in the entry: any text fits there, and everything else has to be the same.
    """
    entry = verify_entry(proof, keys)
    if entry.members.get("kind") != "decision" or entry.members.get("key") != decision.decision_id:
        raise NotVerified("the entry does not record this decision")
    try:
        recorded = Decision.model_validate_json(entry.payloads["decision"])
        given = Decision.model_validate(decision.model_dump())
        request = entry.payloads["request"]
    except (KeyError, ValidationError) as error:
        raise NotVerified("the entry holds no request with its answer") from error
    if recorded != given:
        raise NotVerified("what was recorded is another answer than the one that was given")
    if not _same_request(request, sent, entry.members.get("apart", ())):
        raise NotVerified("what was recorded is another request than the one that was sent")
    return entry


def verify_entry(proof: Mapping[str, Any] | str | bytes, keys: Sequence[VerifyingKey]) -> RecordedEntry:
    """Return the entry that a proof shows under a checkpoint that a key signed. Raises `NotVerified`."""
    try:
        members = json.loads(proof) if isinstance(proof, str | bytes) else proof
        sequence, note = members["sequence"], members["checkpoint"]
        content = decode(members["entry"], "the entry")
        path = [decode(node, "a node of the proof") for node in members["inclusion_proof"]]
    except (ValueError, KeyError, TypeError) as error:
        raise NotVerified(f"the proof cannot be read: {error}") from error
    checkpoint = verify_checkpoint(note, keys)
    if not isinstance(sequence, int) or not includes(
        content, sequence, checkpoint.size, path, checkpoint.root
    ):
        raise NotVerified("the proof does not show the entry under the checkpoint")
    return _entry(sequence, content, checkpoint)


def _entry(sequence: int, content: bytes, checkpoint: Checkpoint) -> RecordedEntry:
    line, _, rest = content.partition(b"\n")
    payloads = {}
    try:
        members = json.loads(line)
        for name, length in members.pop("payloads").items():
            payloads[name], rest = rest[:length], rest[length:]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotVerified("the entry cannot be read") from error
    if rest:
        raise NotVerified("the entry holds more than it announces")
    return RecordedEntry(sequence, members, payloads, checkpoint)


def _same_request(recorded: bytes, sent: bytes, detached: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the bytes are the same, but for the texts in the place of which a null was recorded."""
    done = place = 0
    for at in sorted(one["at"] for one in detached if one["payload"] == "request"):
        same = recorded[done:at]
        text = _TEXT.match(sent, place + len(same))
        if not recorded.startswith(_NULL, at) or not sent.startswith(same, place) or text is None:
            return False
        done, place = at + len(_NULL), text.end()
    return recorded[done:] == sent[place:]
