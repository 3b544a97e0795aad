"""The members that an answer has behind the decision as it is recorded, put into its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_core import to_json

if TYPE_CHECKING:
    from api.domain.about import About
    from api.domain.cases.urgency import AnswerLinks
    from api.domain.reading_languages import AnswerWords


def answer_with(decision: bytes, about: About | None, links: AnswerLinks | None = None) -> bytes:
    """Return the bytes of a decision, as they are but for the closing brace, with what it is about and leads to."""
    return decision[:-1] + end_of_answer(about, None if links is None else links.to_bytes())


def end_of_answer(about: About | None, links: bytes | None) -> bytes:
    """Return what an answer has behind the decision without its closing brace; `links` are in JSON already."""
    end = b"" if about is None else b',"about":' + to_json(about)
    if links is not None:
        end += b',"links":' + links
    return end + b"}"


def with_words(answer: bytes, words: AnswerWords) -> bytes:
    """Return the answer with its titles and questions in a language."""
    return with_written_words(answer, words.to_bytes())


def with_written_words(answer: bytes, words: bytes) -> bytes:
    """Return the answer with its titles and questions, which are in JSON already."""
    return b'%b,"words":%b}' % (answer[:-1], words)


def with_explanation(answer: bytes, explanation: bytes) -> bytes:
    """Return the answer with an explanation, in JSON as well, as its last member."""
    return b'%b,"explanation":%b}' % (answer[:-1], explanation)
