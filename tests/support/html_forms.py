"""The forms and links of a page, as a browser without scripts would find them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

TYPED = frozenset({"text", "search", "password", "textarea", "number", "date", "url", "email", "hidden"})
_HIDDEN_OF_FRAME = frozenset({"form_token", "call_key"})


@dataclass
class PageForm:
    """A form: where it is sent, and its fields with what stands in them. A choice has its first or chosen value."""

    action: str
    method: str
    multipart: bool
    values: list[tuple[str, str]] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def visible(self) -> list[str]:
        """The fields that somebody types into."""
        return [name for name in self.typed if name not in self.hidden]

    @property
    def others(self) -> list[str]:
        """What the page filled in and what is chosen, without what every form has."""
        names = dict.fromkeys(name for name, _ in self.values)
        return [name for name in names if name not in _HIDDEN_OF_FRAME and name not in self.visible]

    @property
    def label(self) -> str:
        """How the list of forms calls it: the method, the address without ids, the names of its buttons."""
        method, words, _ = self.shape
        return " ".join([method, words, *sorted({name for name, _ in self.buttons})])

    @property
    def shape(self) -> tuple[str, str, tuple[str, ...]]:
        """What is the same for all forms of a kind."""
        address = re.sub("(?<=/policies/countries/)[^/?]+", "#", self.action.partition("?")[0])
        words = "/".join("#" if any(map(str.isdigit, part)) else part for part in address.split("/"))
        return self.method, words, tuple(sorted({name for name, _ in self.values}))

    def filled(self, text: str, *names: str) -> list[tuple[str, str]]:
        """The values that are sent where the text stands in some fields."""
        return [(name, text if name in names else value) for name, value in self.values]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.links: list[str] = []
        self._open: PageForm | None = None
        self._elsewhere: list[str] = []
        self._select: tuple[str, list[tuple[str, bool]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            multipart = given.get("enctype") == "multipart/form-data"
            self._open = PageForm(given.get("action", ""), given.get("method", "get").lower(), multipart)
            self.forms.append(self._open)
        elif self._open is not None and "formaction" in given:
            self._elsewhere.append(given["formaction"])
        elif self._open is not None and given.get("name"):
            self._add_field(self._open, tag, given)
        elif tag == "option" and self._select is not None:
            self._select[1].append((given.get("value", ""), "selected" in given))

    def _add_field(self, form: PageForm, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text") if tag == "input" else tag
        if kind == "button":
            form.buttons.append((name, given.get("value", "")))
        elif kind == "file":
            form.files.append(name)
        elif kind == "select":
            self._select = (name, [])
        elif kind in ("radio", "checkbox"):
            if "checked" in given or name not in dict(form.values):
                form.values = [one for one in form.values if one[0] != name or kind == "checkbox"]
                form.values.append((name, given.get("value", "on")))
        elif kind in TYPED:
            form.values.append((name, given.get("value", "")))
            if name not in _HIDDEN_OF_FRAME:
                form.typed.append(name)
            if kind == "hidden":
                form.hidden.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            self.forms += [replace(self._open, action=one, buttons=[]) for one in self._elsewhere]
            self._open, self._elsewhere = None, []
        elif tag == "select" and self._select is not None and self._open is not None:
            name, options = self._select
            chosen = next(
                (value for value, selected in options if selected), options[0][0] if options else ""
            )
            self._open.values.append((name, chosen))
            self._select = None


def read_page(text: str) -> tuple[list[PageForm], list[str]]:
    """Return the forms of a page and the addresses of its links."""
    reader = _Reader()
    reader.feed(text)
    return reader.forms, reader.links


def internal(links: list[str]) -> Iterator[str]:
    """The links that lead to pages of the console."""
    for link in links:
        if link.startswith("/") and not link.startswith(("//", "/static")):
            yield link.partition("#")[0]
