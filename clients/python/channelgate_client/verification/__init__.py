"""Verify that an answer is in the signed log, as given, and to the request that was sent (extra `verify`).

Nothing here believes the service: a key that was received by another way, a proof, and the bytes that were sent are
enough. A proof is what `read_decision_proof` or `channelgate log prove` answers.
"""

from channelgate_client.verification.decisions import RecordedEntry, verify_decision, verify_entry
from channelgate_client.verification.notes import Checkpoint, NotVerified, VerifyingKey, verify_checkpoint

__all__ = [
    "Checkpoint",
    "NotVerified",
    "RecordedEntry",
    "VerifyingKey",
    "verify_checkpoint",
    "verify_decision",
    "verify_entry",
]
