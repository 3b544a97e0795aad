"""Forms that came when the sign-in of their page had ended: the answer holds what was filled in, so nothing is lost.

Such a form does nothing by itself. Who has signed in again, in another tab, sends it from the page that holds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from starlette.responses import Response

from api.console.frame.cookies import SIGN_IN_COOKIE, read_cookie
from api.console.frame.forms import CALL_KEY, FORM_TOKEN, Form, StaleForm, check_form_origin, read_form
from api.console.frame.visits import Visit
from api.parsing.problems import ProblemError

MAX_HELD = 4 * 1024**2
"""The most characters of a form that a page holds."""
_OWN = (FORM_TOKEN, CALL_KEY)


async def hold_unsigned(visit: Visit, max_bytes: int) -> Response | None:
    """Return the page that holds the form of a visitor whose sign-in has ended; None if no page of ours sent it."""
    secret = read_cookie(visit.request, SIGN_IN_COOKIE, secure=visit.is_secure) or visit.secret
    try:
        form = await read_form(visit.request, max_bytes)
        check_form_origin(visit.request, form, secret, visit.context.settings.public_url)
    except StaleForm as stale:
        form = stale.form
    except ProblemError:
        return None
    return show_held(visit, form)


def show_held(visit: Visit, form: Form) -> Response | None:
    """Return the page that holds a form, for whoever is signed in to send it; None if it is too long for a page."""
    fields = [*_fields(form)]
    if sum(len(name) + len(value) for name, value in fields) > MAX_HELD:
        return None
    address = visit.request.url.path + (f"?{visit.request.url.query}" if visit.request.url.query else "")
    return replace(visit, form=form).render(
        "frame/held_form.html",
        409 if visit.signed_in else 401,
        address=address,
        fields=fields,
        files=[file.name for file in form.files.values()],
    )


def _fields(form: Form) -> Iterator[tuple[str, str]]:
    for name, values in form.fields.items():
        if name not in _OWN:
            yield from ((name, value) for value in values)
