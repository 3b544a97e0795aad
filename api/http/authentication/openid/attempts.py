"""An attempt to sign in: what a browser remembers between leaving for the provider and coming back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """The secret of one attempt; everything that is sent to the provider is derived from it, and reveals it not."""

    secret: str

    @classmethod
    def begin(cls) -> SignInAttempt:
        """Return a new attempt, of 256 random bits."""
        return cls(secrets.token_urlsafe(32))

    @property
    def state(self) -> str:
        """What comes back with the code, and shows that this browser began the attempt."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """What comes back in the ID token, and shows that it was made for this attempt."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """What is sent with the code (RFC 7636); the provider has seen its hash."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """The hash of the verifier, by the method S256."""
        return _base64(hashlib.sha256(self.verifier.encode()).digest())

    def is_for(self, state: str) -> bool:
        """Whether a state is that of this attempt."""
        return hmac.compare_digest(self.state.encode(), state.encode())

    def _derived(self, purpose: str) -> str:
        return _base64(hmac.new(self.secret.encode(), purpose.encode(), hashlib.sha256).digest())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
