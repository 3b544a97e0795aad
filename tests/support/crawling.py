"""Every page that links and forms lead to for a visitor, each form sent as it is, empty, and with nonsense."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from tests.support.consoles import Visitor
from tests.support.html_forms import PageForm, internal, read_page
from tests.support.injecting import LAST, MOST_ALIKE, NOT_SENT

NONSENSE = "\u202e{x} é漢 -99999999999999999999"
ROUNDS = 2
"""So often the forms of pages that a form has led to are sent as well."""
SLOW = ("/changes", "/explanation")
"""How addresses end behind which an answer is decided again thousands of times; they have tests of their own."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12,64}|\d+")
_HIDDEN = re.compile(r'<input type="hidden" name="(form_token|call_key)" value="([^"]*)">')
_NO_TEXT = re.compile(r"<(option|datalist)\b.*?</\1>|<[^>]*>", re.DOTALL)


@dataclass
class Crawl:
    """What a visitor was shown: the text of each page, by its address or by the form that it answers."""

    visitor: Visitor
    texts: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    """The links that lead to no page, and the forms that are answered by a failure, with the status."""
    sent: set[str] = field(default_factory=set)
    """The forms that were sent, by their labels."""
    _forms: dict[object, tuple[str, PageForm]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _alike: dict[str, int] = field(default_factory=dict)
    _waiting: deque[tuple[str, str]] = field(default_factory=deque)

    def run(self) -> Crawl:
        """Open and send everything."""
        self._want("/", "the first page")
        self._open_all()
        for _ in range(ROUNDS):
            self._send_all()
            self._open_all()
        return self

    def _want(self, link: str, source: str) -> None:
        shape = re.sub(r"=[^&]*", "=", _ID.sub("#", link))
        if link.endswith(SLOW):
            return
        if link not in self._seen and self._alike.get(shape, 0) < MOST_ALIKE:
            self._seen.add(link)
            self._alike[shape] = self._alike.get(shape, 0) + 1
            self._waiting.append((link, source))

    def _open_all(self) -> None:
        while self._waiting:
            path, source = self._waiting.popleft()
            answer = self.visitor.open(path)
            if answer.is_redirect:
                self._want(answer.headers["location"], path)
            elif answer.status_code != 200:
                self.broken.append(f"{answer.status_code} {path}, to which {source} leads")
            self._read(path, answer)

    def _read(self, path: str, answer: httpx.Response) -> None:
        if "text/html" not in answer.headers.get("content-type", ""):
            return
        self.texts[path] = " ".join(_NO_TEXT.sub(" ", answer.text).split())
        forms, links = read_page(answer.text)
        for form in forms:
            if not form.action.startswith(NOT_SENT):
                self._forms.setdefault((form.label, form.shape), (path, form))
        for link in internal(links):
            self._want(link, path)

    def _send_all(self) -> None:
        waiting = sorted(self._forms.values(), key=lambda one: one[1].action.endswith(LAST))
        for path, form in waiting:
            if form.label in self.sent:
                continue
            self.sent.add(form.label)
            for data in _fillings(form):
                answer = self._send(form, form.action or path, data)
                if answer.status_code >= 500:
                    self.broken.append(f"{answer.status_code} {form.label} on {path} with {data}")
                if answer.is_redirect:
                    self._want(answer.headers["location"], form.label)
                self._read(f"{form.label}, sent from {path}", answer)

    def _send(self, form: PageForm, action: str, data: dict[str, list[str]]) -> httpx.Response:
        if form.method == "get":
            return self.visitor.client.get(action, params=data)
        hidden = {name: [value] for name, value in _HIDDEN.findall(self.visitor.open("/account").text)}
        content = data.get("", ["\x00"])[0].encode()
        files = dict.fromkeys(form.files, ("x.csv", content))
        return self.visitor.client.post(action, data={**data, **hidden}, files=files or None)


def _fillings(form: PageForm) -> Iterator[dict[str, list[str]]]:
    """The values that a form is sent with, each time with another of its buttons."""
    own = [(name, value) for name, value in form.values if name not in ("form_token", "call_key")]
    ways = [
        own,
        [(name, "") for name, _ in own],
        [(name, value if name in form.hidden else NONSENSE) for name, value in own],
        [(name, NONSENSE) for name, _ in own],
        [],
    ]
    for number, way in enumerate(ways):
        data: dict[str, list[str]] = {}
        for name, value in way:
            data.setdefault(name, []).append(value)
        if form.buttons:
            name, value = form.buttons[number % len(form.buttons)]
            data[name] = [value]
        yield data
