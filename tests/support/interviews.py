"""An interview at the desk without a browser: pages in, forms out."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.consoles import Visitor

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
READY = "Nothing more has to be asked"


@dataclass
class DeskInterview:
    """An interview of a visitor, at the page that was answered last."""

    visitor: Visitor
    page: httpx.Response

    @classmethod
    def begun(cls, visitor: Visitor, as_of: str = "") -> DeskInterview:
        """The first question about one item."""
        return cls(visitor, visitor.open(f"/desk/interview?as_of={as_of}"))

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page."""
        return {name: html.unescape(value) for name, value in _HIDDEN.findall(self.page.text)}

    @property
    def state(self) -> Any:
        """The answers so far, as the page holds them."""
        return json.loads(self.hidden["interview"])

    @property
    def heading(self) -> str:
        """What the page asks."""
        return heading_of(self.page)

    def send(self, action: str = "answer", path: str = "/desk/interview", **fields: Any) -> httpx.Response:
        """Send the form of the page."""
        sent = {**self.hidden, "do": action, **fields}
        self.page = self.visitor.client.post(path, data=sent)
        return self.page

    def answer(self, **answers: str) -> DeskInterview:
        """Answer the questions as they come, by facts with `__` for points, up to one that has no answer here."""
        by_fact = {name.replace("__", "."): text for name, text in answers.items()}
        while (desk := self.hidden.get("question")) in by_fact:
            self.send(answer=by_fact.pop(desk))
            assert self.page.status_code == 200, self.page.text
        return self

    def finish(self) -> httpx.Response:
        """Have it decided and recorded, and open the answer."""
        sent = self.send("finish", "/desk/answers")
        assert sent.status_code == 303, sent.text
        self.page = self.visitor.open(sent.headers["location"])
        return self.page


def heading_of(page: httpx.Response) -> str:
    """The heading of a page as it reads."""
    found = _HEADING.search(page.text)
    assert found, page.text
    return " ".join(html.unescape(_TAG.sub("", found[1])).split())


def text_of(page: httpx.Response) -> str:
    """What a page says, without its marks."""
    return " ".join(html.unescape(_TAG.sub(" ", page.text)).split())


def decision_id_of(page: httpx.Response) -> str:
    """The id of the decision that an answer page shows."""
    return page.url.path.rpartition("/")[2]
