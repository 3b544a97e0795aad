"""Signing in with an API key or at a provider, signing out here or everywhere, and the language."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from api.console.frame.cookies import SIGN_IN_COOKIE, delete_cookie, set_cookie
from api.console.frame.languages import LANGUAGE_COOKIE, LANGUAGES
from api.console.frame.routing import ANYBODY, SIGN_IN, page
from api.console.frame.visits import Visit
from api.console.sign_in import at_provider as provider_pages
from api.console.sign_in.addresses import NEXT, inside
from api.console.sign_in.at_provider import BEGIN, SIGNED_OUT, provider_of
from api.domain.identity import Credential, IssuerUnavailable, NotIdentified
from api.http.authentication.key_file import hash_key
from api.services.sign_ins import close_sign_in, close_sign_ins_of, count_sign_ins, open_sign_in

YEAR_SECONDS = 365 * 24 * 3600


async def show_sign_in(visit: Visit) -> Response:
    """Show the ways of signing in."""
    if visit.who is not None:
        return visit.redirect(inside(visit.query.get(NEXT, "/")))
    return _show_ways(visit, inside(visit.query.get(NEXT, "/")), "")


async def sign_in_with_key(visit: Visit) -> Response:
    """Exchange an API key for a sign-in of this browser."""
    key, wanted = visit.form.get("api_key").strip(), inside(visit.form.get(NEXT, "/"))
    try:
        caller = await visit.context.authenticator.look_up_caller(f"Bearer {key}")
    except (NotIdentified, IssuerUnavailable):
        caller = None
    if caller is None or caller.credential is not Credential.API_KEY:
        fault = visit.message("This API key is not known here. Type it anew, or have a new one made.")
        return _show_ways(visit, wanted, fault)
    before = visit.signed_in.sign_in if visit.signed_in else None
    secret = await open_sign_in(visit.context, caller, hash_key(key), before)
    response = visit.redirect(wanted)
    set_cookie(response, SIGN_IN_COOKIE, secret, secure=visit.is_secure)
    return response


def _show_ways(visit: Visit, wanted: str, fault: str) -> Response:
    """The page with each way of signing in; with a fault, that of the key that was tried."""
    at_provider = f"{BEGIN}?{urlencode({NEXT: wanted})}" if provider_of(visit.request) else ""
    return visit.render(
        "sign_in/sign_in.html", 401 if fault else 200, next=wanted, fault=fault, at_provider=at_provider
    )


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
    at_provider = visit.signed_in is not None and visit.signed_in.sign_in.provider_session is not None
    response = visit.redirect(SIGNED_OUT if at_provider and provider_of(visit.request) else SIGN_IN)
    delete_cookie(response, SIGN_IN_COOKIE, secure=visit.is_secure)
    return response


async def choose_language(visit: Visit) -> Response:
    """Show the console in another language from now on."""
    response = visit.redirect(inside(visit.form.get("back", "/")))
    if (chosen := visit.form.get("language")) in LANGUAGES:
        set_cookie(response, LANGUAGE_COOKIE, chosen, secure=visit.is_secure, max_age=YEAR_SECONDS)
    return response


ROUTES = [
    *provider_pages.ROUTES,
    page(SIGN_IN, show_sign_in, ANYBODY),
    page(SIGN_IN, sign_in_with_key, ANYBODY, form=True),
    page("/account", show_sign_ins, "GET /v1/vocabulary"),
    page("/sign-out", sign_out, ANYBODY, form=True),
    page("/language", choose_language, ANYBODY, form=True),
]
