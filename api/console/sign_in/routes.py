"""Signing in with an API key, signing out of this browser or of all, and the language of the console."""

from __future__ import annotations

from starlette.responses import Response

from api.console.frame.cookies import SIGN_IN_COOKIE, delete_cookie, set_cookie
from api.console.frame.languages import LANGUAGE_COOKIE, LANGUAGES
from api.console.frame.routing import ANYBODY, SIGN_IN, page
from api.console.frame.visits import Visit
from api.domain.identity import Credential, IssuerUnavailable, NotIdentified
from api.http.authentication.api_keys import hash_key
from api.services.sign_ins import close_sign_in, close_sign_ins_of, count_sign_ins, open_sign_in

NEXT = "next"
YEAR_SECONDS = 365 * 24 * 3600


async def show_sign_in(visit: Visit) -> Response:
    """Show the ways of signing in."""
    if visit.who is not None:
        return visit.redirect(_inside(visit.query.get(NEXT, "/")))
    return visit.render("sign_in/sign_in.html", next=_inside(visit.query.get(NEXT, "/")), fault=None)


async def sign_in_with_key(visit: Visit) -> Response:
    """Exchange an API key for a sign-in of this browser."""
    key, wanted = visit.form.get("api_key").strip(), _inside(visit.form.get(NEXT, "/"))
    try:
        caller = await visit.context.authenticator.look_up_caller(f"Bearer {key}")
    except (NotIdentified, IssuerUnavailable):
        caller = None
    if caller is None or caller.credential is not Credential.API_KEY:
        fault = visit.message("This API key is not known here. Type it anew, or have a new one made.")
        return visit.render("sign_in/sign_in.html", 401, next=wanted, fault=fault)
    secret = await open_sign_in(visit.context, caller, hash_key(key))
    response = visit.redirect(wanted)
    set_cookie(response, SIGN_IN_COOKIE, secret, secure=visit.is_secure)
    return response


async def show_sign_ins(visit: Visit) -> Response:
    """Show who is signed in, and until when."""
    count = await count_sign_ins(visit.context, visit.caller) if visit.signed_in else 0
    return visit.render("sign_in/account.html", count=count)


async def sign_out(visit: Visit) -> Response:
    """End the sign-in of this browser, or every sign-in of the visitor."""
    if visit.signed_in is not None:
        if "everywhere" in visit.form:
            await close_sign_ins_of(visit.context, visit.caller)
        await close_sign_in(visit.context, visit.signed_in.sign_in)
    response = visit.redirect(SIGN_IN)
    delete_cookie(response, SIGN_IN_COOKIE, secure=visit.is_secure)
    return response


async def choose_language(visit: Visit) -> Response:
    """Show the console in another language from now on."""
    response = visit.redirect(_inside(visit.form.get("back", "/")))
    if (chosen := visit.form.get("language")) in LANGUAGES:
        set_cookie(response, LANGUAGE_COOKIE, chosen, secure=visit.is_secure, max_age=YEAR_SECONDS)
    return response


def _inside(path: str) -> str:
    """The address if it is one of the console, else the first page: nobody is sent elsewhere."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if inside and "\\" not in path else "/"


ROUTES = [
    page(SIGN_IN, show_sign_in, ANYBODY),
    page(SIGN_IN, sign_in_with_key, ANYBODY, form=True),
    page("/account", show_sign_ins, "GET /v1/vocabulary"),
    page("/sign-out", sign_out, ANYBODY, form=True),
    page("/language", choose_language, ANYBODY, form=True),
]
