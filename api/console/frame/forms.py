"""Forms: their fields as text, their files as bytes, bounded; and the token that shows that our page sent them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

from api.http.request_body import check_size
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.parsing.strict_json import is_text

FORM_TOKEN = "form_token"
CALL_KEY = "call_key"
"""The hidden field by which a form that is sent twice is recorded once."""
MAX_FIELDS = 5000
_PARSED = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file that was sent with a form."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form in the order in which they were sent, and its files; a field may have several values."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, FormFile] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """Return the last value of a field."""
        return self.fields.get(name, (default,))[-1]

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field."""
        return self.fields.get(name, ())

    def __contains__(self, name: str) -> bool:
        return name in self.fields


async def read_form(request: Request, max_bytes: int) -> Form:
    """Return the form of a call, of at most `max_bytes`. Raises `ProblemError`."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _PARSED:
        raise ProblemError(make_problem(ProblemKind.MEDIA_TYPE, "Send the form as the page has it."))
    announced = request.headers.get("content-length", "")
    if announced.isdigit():
        check_size(int(announced), max_bytes)
    size = 0

    async def receive() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        check_size(size, max_bytes)
        return message

    bounded = Request(request.scope, receive)
    try:
        sent = await bounded.form(max_files=4, max_fields=MAX_FIELDS, max_part_size=max_bytes)
    except (MultiPartException, HTTPException) as error:
        raise _unreadable() from error
    fields: dict[str, tuple[str, ...]] = {}
    files: dict[str, FormFile] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                files[name] = FormFile(value.filename, await value.read())
        else:
            fields[name] = (*fields.get(name, ()), value.replace("\r\n", "\n"))
    await sent.close()
    if not all(is_text(text) for name, values in fields.items() for text in (name, *values)):
        raise _unreadable()
    return Form(fields, files)


def _unreadable() -> ProblemError:
    return ProblemError(
        make_problem(ProblemKind.INVALID_REQUEST, "The form cannot be read; open its page anew and send it.")
    )


def form_token(secret: str) -> str:
    """Return the token of the forms for one browser, from the secret of its cookie."""
    return hmac.new(secret.encode(), b"channelgate form", hashlib.sha256).hexdigest()


class StaleForm(ProblemError):
    """A page of ours sent the form, made under another sign-in: it does nothing before it is sent anew."""

    def __init__(self, form: Form) -> None:
        super().__init__(_foreign().problem)
        self.form = form


def check_form_origin(
    request: Request, form: Form, secret: str, public_url: str | None, earlier: str | None = None
) -> None:
    """Raise `ProblemError` unless a page of ours sent the form: by its token, and by what the browser says.

    It is a `StaleForm` where the token is not that of `secret`, but the browser says that a page of this very origin
    sent it, or the token is that of `earlier`, the secret of the browser before the sign-in.
    """
    check_sender(request, public_url)
    if _is_bound(form, secret):
        return
    if request.headers.get("sec-fetch-site") == "same-origin" or (earlier and _is_bound(form, earlier)):
        raise StaleForm(form)
    raise _foreign()


def _is_bound(form: Form, secret: str) -> bool:
    return hmac.compare_digest(form.get(FORM_TOKEN).encode(), form_token(secret).encode())


def check_sender(request: Request, public_url: str | None) -> None:
    """Raise `ProblemError` if the browser says that a page of another site sent the call."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise _foreign()
    origin = request.headers.get("origin")
    if origin is None:
        return
    hosts = {request.headers.get("host", "")} | ({urlsplit(public_url).netloc} if public_url else set())
    if _host_of(origin) not in hosts - {""}:
        raise _foreign()


def _host_of(origin: str) -> str:
    """The host and port of an origin; empty where it has none, as `null` of a page without origin."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _foreign() -> ProblemError:
    detail = "This form was not sent by a page of this console that is still valid; open its page anew."
    return ProblemError(make_problem(ProblemKind.NOT_PERMITTED, detail))
