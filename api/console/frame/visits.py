"""A visit: one call of a browser, with who is behind it, the policies that it is answered by, and its form."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.console.frame.approval_words import approval_words
from api.console.frame.areas import Area, area_at
from api.console.frame.cookies import VISITOR_COOKIE, read_cookie, set_cookie
from api.console.frame.forms import CALL_KEY, FORM_TOKEN, Form, form_token
from api.console.frame.headers import PAGE_HEADERS
from api.console.frame.languages import LANGUAGES
from api.console.frame.policy_texts import PolicyTexts
from api.console.frame.problem_words import Sentence, faults_in
from api.console.frame.templates import render
from api.domain.identity import Caller
from api.domain.permissions import may_call
from api.parsing.answers import as_plain
from api.parsing.problems import Problem, ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.pre_checks import PreChecks
from api.services.sign_ins import SignedIn
from api.storage.stored_responses import IdempotentCall
from engine import PolicySet, ServingStatus


@dataclass(frozen=True, slots=True)
class Visit:
    """One call of a browser. `who` is None where nobody has signed in, `secret` is what its forms are bound to."""

    request: Request
    context: Context
    policies: PolicySet
    status: ServingStatus
    language: str
    secret: str
    signed_in: SignedIn | None = None
    who: Caller | None = None
    areas: tuple[Area, ...] = ()
    form: Form = field(default_factory=Form)

    @property
    def caller(self) -> Caller:
        """Who visits. Raises `ProblemError` on a page that anybody sees."""
        if self.who is None:
            raise ProblemError(make_problem(ProblemKind.NOT_IDENTIFIED, "Sign in first."))
        return self.who

    @property
    def pre_checks(self) -> PreChecks:
        """The deciding of requests."""
        found: PreChecks = self.request.app.state.pre_checks
        return found

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the address."""
        return self.request.query_params

    @property
    def area(self) -> Area | None:
        """The area of the page; None for one of none, such as the first page."""
        return area_at(self.request.url.path)

    @property
    def is_secure(self) -> bool:
        """Whether people reach the console over TLS."""
        return self.context.settings.is_secure

    @property
    def party(self) -> str | None:
        """The name of the party for which the visitor speaks, in the language of the console if it is translated.

        None where that is none, or more than one.
        """
        parties = () if self.who is None else tuple(self.who.role.parties)
        if len(parties) != 1:
            return None
        return self.texts.party(parties[0]).text

    @property
    def texts(self) -> PolicyTexts:
        """What the policies say, as the pages of this visit show it."""
        return PolicyTexts(self.policies, self.language)

    def may(self, operation: str) -> bool:
        """Whether the visitor's role may make a call of the table of permissions."""
        return self.who is not None and may_call(self.who.role, operation)

    def require(self, operation: str) -> None:
        """Raise `ProblemError` unless the visitor's role may make the call."""
        if not may_call(self.caller.role, operation):
            raise ProblemError(make_problem(ProblemKind.NOT_PERMITTED, "Your role may not do this."))

    def message(self, text: str, **values: object) -> str:
        """Return a message of the catalogue in the visitor's language."""
        return self.texts.message(text, **values)

    def render(self, template: str, /, status: int = 200, **values: Any) -> Response:
        """Return a page; its template finds this visit as `visit`, and the hidden fields of forms in it."""
        page = render(
            self.language,
            template,
            {
                "visit": self,
                "languages": LANGUAGES,
                "approved": self.message(approval_words(self.status.approval).word),
                **values,
            },
        )
        response = HTMLResponse(page, status, headers={**PAGE_HEADERS, "Content-Language": self.language})
        if self.signed_in is None and self._visitor_cookie != self.secret:
            set_cookie(response, VISITOR_COOKIE, self.secret, secure=self.is_secure)
        return response

    @property
    def _visitor_cookie(self) -> str | None:
        return read_cookie(self.request, VISITOR_COOKIE, secure=self.is_secure)

    def redirect(self, path: str, /, **query: str) -> Response:
        """Send the browser to another page of the console, which it opens with GET."""
        return RedirectResponse(path + (f"?{urlencode(query)}" if query else ""), 303)

    def call(self, path: str, statement: Any, *, dry_run: bool = False) -> IdempotentCall:
        """Return the call of the API at `path` that the form stands for; sent twice, it is recorded once.

        `statement` is the body as plain data.
        """
        body = json.dumps(statement, ensure_ascii=False, default=as_plain).encode()
        return IdempotentCall(self.caller, path, body, f"console-{self._call_key}", dry_run)

    @property
    def hidden_fields(self) -> Mapping[str, str]:
        """The hidden fields that every form holds: the token, and the key by which it is recorded once."""
        return {FORM_TOKEN: form_token(self.secret), CALL_KEY: self._call_key}

    @property
    def _call_key(self) -> str:
        sent = self.form.get(CALL_KEY)
        return sent if _KEY.fullmatch(sent) else uuid4().hex


def faults_of(visit: Visit, problem: Problem) -> list[Sentence]:
    """Return what is wrong with a form, a sentence each: the faults that the problem names, or its detail."""
    return [*faults_in(visit.language, problem)]


_KEY = re.compile("[0-9a-f]{32}")
