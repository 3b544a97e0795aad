"""The message catalogues: every message of the pages in every language, none left over, templates without risks."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import redirect_stderr
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from api.console.frame.languages import CATALOGUES, LANGUAGES, translations_in
from api.console.frame.templates import FOLDER, template_names, templates_in

CONSOLE = FOLDER.parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "message": None,
    "marked": None,
    "plural_message": (1, 2),
}
WARNINGS = StringIO()
TRANSLATED = [code for code in LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def messages_of(path: Path) -> set[str]:
    """The messages of a module or a template, of a plural the singular."""
    method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
    options = {
        "newstyle_gettext": "true",
        "trimmed": "true",
        "silent": "false",
        "extensions": "jinja2.ext.do",
    }
    content = BytesIO(path.read_bytes())
    with redirect_stderr(WARNINGS):
        found = [*extract(method, content, KEYWORDS, (), options if path.suffix == ".html" else {})]
    return {one[1] if isinstance(one[1], str) else one[1][0] for one in found}


USED = {
    message for path in (*CONSOLE.rglob("*.py"), *FOLDER.rglob("*.html")) for message in messages_of(path)
}


def catalogued(language: str) -> list[Message]:
    """The messages of the catalogues of a language."""
    found = list[Message]()
    for file in sorted((CATALOGUES / language).glob("*.po")):
        with file.open("rb") as stream:
            found += [
                message for message in read_po(stream, locale=language, abort_invalid=True) if message.id
            ]
    return found


def id_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_every_message_can_be_read_out_of_its_source() -> None:
    assert WARNINGS.getvalue() == ""


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_once_and_none_is_left_over(language: str) -> None:
    ids = Counter(id_of(message) for message in catalogued(language))
    assert sorted(USED - ids.keys()) == []
    assert sorted(ids.keys() - USED) == []
    assert [one for one, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_says_something_and_has_the_same_values(language: str) -> None:
    for message in catalogued(language):
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert all(texts), message.id
        assert not message.fuzzy, message.id
        expected = set(PLACEHOLDER.findall(message.id if isinstance(message.id, str) else message.id[-1]))
        assert all(set(PLACEHOLDER.findall(text)) == expected for text in texts), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_can_be_compiled(language: str) -> None:
    for name in template_names():
        templates_in(language).get_template(name)
    assert translations_in(language).gettext("Sign in") == {"en": "Sign in", "zh": "登录"}[language]


@pytest.mark.parametrize("template", [*template_names()])
def test_no_template_takes_a_text_for_markup_or_holds_style_or_script(template: str) -> None:
    text = (FOLDER / template).read_text()
    assert not re.search(r"\|\s*safe|autoescape|Markup|style=|<style|javascript:|\son\w+=", text)
    assert not re.search(r"<script(?! (?:type=\"module\" )?src=\"/static/)", text)
