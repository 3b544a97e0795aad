"""Why nobody was signed in, in words for whoever tried, and the status of that page."""

from __future__ import annotations

from typing import assert_never

from api.console.frame.areas import marked
from api.http.authentication.openid.faults import SignInFault


def fault_words(fault: SignInFault) -> str:
    """Return the fact and the remedy in the templates' language; some name the claim and the roles."""
    match fault:
        case SignInFault.PROVIDER_UNAVAILABLE:
            return marked(
                "The service at which people sign in does not answer, or not as it is set up here. "
                "Try again in a few minutes; API keys still work."
            )
        case SignInFault.PROVIDER_REFUSED:
            return marked(
                "The service at which people sign in refused. Begin anew; if it refuses again, show this page to "
                "whoever looks after channelgate."
            )
        case SignInFault.CANCELLED:
            return marked(
                "Signing in was cancelled there, or your account may not be used here. Begin anew, or turn to "
                "whoever looks after accounts."
            )
        case SignInFault.ATTEMPT_UNKNOWN:
            return marked(
                "This sign-in was not begun in this browser, took longer than ten minutes, or was completed before. "
                "Begin anew."
            )
        case SignInFault.NOT_TRUSTED:
            return marked(
                "The answer with which you came back cannot be trusted. Begin anew; if this happens again, show "
                "this page to whoever looks after channelgate."
            )
        case SignInFault.NO_NAME:
            return marked(
                "Your account has no name under “%(claim)s”. Have whoever looks after accounts add it."
            )
        case SignInFault.NO_ROLE:
            return marked(
                "Your account has no role under “%(claim)s” that the policies in force know. Have whoever looks "
                "after accounts give it one of: %(roles)s."
            )
        case SignInFault.SEVERAL_ROLES:
            return marked(
                "Your account has several roles under “%(claim)s”: %(roles)s. Have whoever looks after accounts "
                "leave one of them."
            )
        case SignInFault.NO_DEPARTMENT:
            return marked(
                "Your account has no department under “%(claim)s”, and the role %(roles)s needs one. Have whoever "
                "looks after accounts add it."
            )
        case _:
            assert_never(fault)


def fault_status(fault: SignInFault) -> int:
    """Return the HTTP status of the page about a fault."""
    match fault:
        case SignInFault.PROVIDER_UNAVAILABLE:
            return 503
        case SignInFault.PROVIDER_REFUSED:
            return 502
        case SignInFault.ATTEMPT_UNKNOWN | SignInFault.NOT_TRUSTED:
            return 400
        case (
            SignInFault.CANCELLED
            | SignInFault.NO_NAME
            | SignInFault.NO_ROLE
            | SignInFault.SEVERAL_ROLES
            | SignInFault.NO_DEPARTMENT
        ):
            return 403
        case _:
            assert_never(fault)
