"""The language in which the reader of an answer has titles and questions: Accept-Language, Content-Language, Vary."""

from __future__ import annotations

from fastapi import Request, Response

from api.domain.reading_languages import ENGLISH, words_of_answer
from api.http.openapi import parameter
from api.parsing.language_ranges import best_language
from api.services.answered import with_words
from engine import PolicySet

ACCEPT_LANGUAGE = {
    **parameter("Accept-Language", "header", {"type": "string"}),
    "description": "With it the answer has a member `words`: titles and questions in the language that suits best",
}


def read_language(request: Request, policies: PolicySet) -> str | None:
    """Return the language in which the caller wishes to read; None where no wish is stated."""
    fields = request.headers.getlist("accept-language")
    if not fields:
        return None
    return best_language(",".join(fields), [ENGLISH, *policies.languages.books], ENGLISH)


def worded(answer: bytes, policies: PolicySet, language: str | None) -> bytes:
    """Return the answer with its words in the language; as it is where none is wanted."""
    return with_words(answer, words_of_answer(policies, answer, language)) if language else answer


def respond(content: bytes, language: str | None) -> Response:
    """Return the answer in JSON, saying for readers of which language it is."""
    headers = {"Vary": "Accept-Language"} | ({"Content-Language": language} if language else {})
    return Response(content, headers=headers, media_type="application/json")
