"""Sentences of a draft as forms: what visitors hear, each text found by its place in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.console.workbench.form_values import (
    FilePath,
    WrongField,
    as_list,
    as_mapping,
    read_path,
    text_in,
    write_path,
)
from api.console.workbench.open_drafts import (
    NotWritten,
    OpenDraft,
    ValueChange,
    open_draft,
    render_form,
    write_changes,
)
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from engine import Document

SENTENCE = "say"
"""The key under which policy files have what visitors hear."""


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence of a file: where it stands, under which rule or answer, and in which languages it is translated."""

    path: FilePath
    owner: str
    text: str
    languages: tuple[str, ...]

    @property
    def address(self) -> str:
        """The path to it, as an address has it."""
        return write_path(self.path)


async def show_sentences(visit: Visit) -> Response:
    """Show the sentences of a file of the draft."""
    opened = await open_draft(visit)
    by_file = {
        file: found
        for document in _speaking(opened)
        if (found := [*_sentences(opened, document)])
        for file in [document.file]
    }
    wanted = visit.query.get("file", "")
    chosen = wanted if wanted in by_file else next(iter(by_file), "")
    return visit.render(
        "workbench/sentences.html",
        opened=opened,
        files=[*by_file],
        chosen=chosen,
        sentences=by_file.get(chosen, ()),
        say=visit.texts,
    )


async def show_sentence(visit: Visit) -> Response:
    """Show the form for a sentence."""
    opened = await open_draft(visit)
    file = visit.query.get("file", "")
    sentence = _find(opened, file, visit.query.get("at", ""))
    return _form(visit, opened, file, sentence, sentence.text)


async def send_sentence(visit: Visit) -> Response:
    """Put a sentence into the draft; its translations stay as drafts of the new one, if that is wished."""
    opened = await open_draft(visit)
    file = visit.form.get("file")
    sentence = _find(opened, file, visit.form.get("at"))
    try:
        text = text_in(visit, "text", visit.message("Sentence"))
        changes: dict[str, Sequence[ValueChange]] = {file: [(sentence.path, text)]}
        if "keep_translations" in visit.form:
            changes |= {name: of for name, of in _translations(opened, sentence.text, text) if name != file}
        return await write_changes(visit, opened, changes)
    except WrongField as wrong:
        faults: list[Sentence] = [wrong.fact]
    except NotWritten as lost:
        faults = [lost.fact]
    except ProblemError as error:
        faults = faults_of(visit, error.problem)
    return _form(visit, opened, file, sentence, visit.form.get("text"), faults)


def _form(
    visit: Visit,
    opened: OpenDraft,
    file: str,
    sentence: DraftSentence,
    text: str,
    faults: Sequence[Sentence] = (),
) -> Response:
    return render_form(
        visit,
        "workbench/sentence.html",
        opened,
        faults,
        file=file,
        sentence=sentence,
        text=text,
    )


def _translations(opened: OpenDraft, old: str, new: str) -> Iterator[tuple[str, Sequence[ValueChange]]]:
    """What keeps the translations of a sentence, as drafts of another."""
    for name, document in opened.documents("translations").items():
        for place, entry in enumerate(map(as_mapping, as_list(document.value["translations"]))):
            if entry.get("english") == old:
                entry = {key: value for key, value in entry.items() if not key.startswith("reviewed_")}
                yield name, [(("translations", place), {**entry, "english": new, "status": "draft"})]


def _speaking(opened: OpenDraft) -> Iterator[Document]:
    yield from opened.documents("directive").values()
    yield from opened.documents("policy").values()


def _sentences(opened: OpenDraft, document: Document) -> Iterator[DraftSentence]:
    translated: dict[str, list[str]] = {}
    for book in opened.documents("translations").values():
        for entry in map(as_mapping, as_list(book.value["translations"])):
            translated.setdefault(str(entry.get("english")), []).append(str(book.value.get("language")))
    for path in document.places:
        if path and path[-1] == SENTENCE and isinstance(text := document.value_at(path), str):
            yield DraftSentence(path, _owner(document, path), text, tuple(translated.get(text, ())))


def _owner(document: Document, path: FilePath) -> str:
    """The name of the rule that a sentence is part of, or the key of the answer."""
    for length in range(len(path) - 1, 0, -1):
        value = document.value_at(path[:length])
        if isinstance(value, dict) and "rule" in value:
            return str(value["rule"])
    return next((step for step in reversed(path[:-1]) if isinstance(step, str) and step != "say_when"), "")


def _find(opened: OpenDraft, file: str, at: str) -> DraftSentence:
    """The sentence that an address names. Raises `ProblemError`."""
    document = opened.document(file)
    path = read_path(at, document)
    found = next((one for one in _sentences(opened, document) if one.path == path), None)
    if found is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The draft has no such sentence."))
    return found
