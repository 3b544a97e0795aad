"""The language in which the reader of an answer has titles and questions: Accept-Language, Content-Language, Vary."""

from __future__ import annotations

from functools import lru_cache

from fastapi import Request, Response

from api.domain.reading_languages import words_of_answer
from api.http.openapi import parameter
from api.parsing.language_ranges import MAX_WISHES, best_language
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.answer_members import with_words
from engine import ENGLISH, PolicySet

ACCEPT_LANGUAGE = {
    **parameter("Accept-Language", "header", {"type": "string", "maxLength": MAX_WISHES}),
    "description": "With it the answer has a member `words`: titles and questions in the language that suits best",
}


def read_language(request: Request, policies: PolicySet) -> str | None:
    """Return the language in which the caller wishes to read; None where no wish is stated. Raises `ProblemError`."""
    wishes = ",".join(request.headers.getlist("accept-language"))
    if len(wishes) > MAX_WISHES:
        detail = f"The header `Accept-Language` may have {MAX_WISHES:,} characters; name fewer languages."
        raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))
    if not wishes:
        return None
    return best_language(wishes, [ENGLISH, *policies.languages.books], ENGLISH)


def find_language(wishes: bytes, policies: PolicySet) -> str | None:
    """Return the language for the one value of the header; None for one that has to be looked at more closely."""
    if not wishes or len(wishes) > MAX_WISHES:
        return None
    return _best(wishes.decode("latin-1"), (ENGLISH, *policies.languages.books))


@lru_cache(maxsize=64)
def _best(wishes: str, offered: tuple[str, ...]) -> str:
    return best_language(wishes, offered, ENGLISH)


def worded(answer: bytes, policies: PolicySet, language: str | None) -> bytes:
    """Return the answer with its words in the language; as it is where none is wanted."""
    return with_words(answer, words_of_answer(policies, answer, language)) if language else answer


def respond(content: bytes, language: str | None) -> Response:
    """Return the answer in JSON, saying for readers of which language it is."""
    headers = {"Vary": "Accept-Language"} | ({"Content-Language": language} if language else {})
    return Response(content, headers=headers, media_type="application/json")
