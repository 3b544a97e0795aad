"""Every form that links and steps lead to, sent with texts that are none of its business, and what is answered."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

import httpx
from playwright.sync_api import Browser

from tests.support.consoles import Visitor
from tests.support.html_forms import PageForm, internal, read_page
from tests.support.injections import INJECTIONS

NOT_SENT = ("/sign-out", "/language")
"""Forms that end the visit or turn the page to another language; what they take is a choice."""
LAST = ("/text", "/file", "/delete", "/reject", "/return", "/revoke")
"""How the addresses of forms end after which others are gone."""
LINE = " ".join(INJECTIONS)
TEXTS = (LINE, *INJECTIONS)
"""All of them in one line first, for forms that can be sent but once."""
PARCELS = (LINE, *(" ".join(INJECTIONS[first : first + 12]) for first in range(0, len(INJECTIONS), 12)))
"""The same, several in a line, for forms whose answer takes long."""
MOST_ALIKE = 2
BATCH = 24
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,64}|\d+")
_VARYING = re.compile(r'name="(?:form_token|call_key)" value="[^"]*"|\d{1,2}:\d\d')
_LOOK = """async ({pages}) => {
  const frames = pages.map(() => document.createElement("iframe"));
  await Promise.all(pages.map((text, at) => new Promise((loaded) => {
    frames[at].onload = loaded;
    frames[at].srcdoc = text;
    document.body.append(frames[at]);
  })));
  const found = [], shown = [];
  for (const frame of frames) {
    try {
      const page = frame.contentDocument;
      found.push(Boolean(frame.contentWindow.injected || page.querySelector("[injected]")));
      const values = [...page.querySelectorAll("input")].map((one) => one.getAttribute("value") || "");
      values.push(...[...page.querySelectorAll("textarea")].map((one) => one.value));
      shown.push([page.body.textContent, ...values].join("\\n").replace(/\\s+/g, " "));
    } catch {
      // It went elsewhere, which is what nothing that was typed may do to a page.
      found.push(true);
      shown.push("");
    }
  }
  frames.forEach((one) => one.remove());
  return {found, shown, own: Boolean(window.injected)};
}"""


@dataclass(frozen=True)
class Step:
    """A way to a page: its name for people, and what answers with its text, anew each time."""

    name: str
    open: Callable[[], str]


@dataclass(frozen=True)
class Sent:
    """What came back for a text in a form."""

    form: str
    text: str
    answer: str
    is_typed: bool = False
    """Whether the text was in the fields that are typed into."""


@dataclass
class Walk:
    """The pages that a visitor reaches by links, and by steps that take a form to be sent."""

    visitor: Visitor
    steps: tuple[Step, ...] = ()
    costly: tuple[str, ...] = ()
    """How the labels of forms begin whose answer takes long: they get the texts in parcels."""

    def pages(self) -> Iterator[tuple[Step, str]]:
        """Every page once, of those that differ in an id alone a few."""
        seen, alike, waiting = (
            {"/"},
            dict[str, int](),
            deque([Step("/", partial(self._text, "/")), *self.steps]),
        )
        while waiting:
            step = waiting.popleft()
            text = step.open()
            yield step, text
            for link in internal(read_page(text)[1]):
                shape = re.sub(r"=[^&]*", "=", _ID.sub("#", link))
                if link not in seen and alike.get(shape, 0) < MOST_ALIKE:
                    seen.add(link)
                    alike[shape] = alike.get(shape, 0) + 1
                    waiting.append(Step(link, partial(self._text, link)))

    def _text(self, path: str) -> str:
        answer = self.visitor.open(path)
        assert answer.status_code < 500, f"{path}: {answer.text}"
        return answer.text if "text/html" in answer.headers.get("content-type", "") else ""

    def forms(self) -> list[tuple[Step, PageForm]]:
        """The forms of all pages, one of each kind with the page it stands on; what ends something comes last.

        A form without fields is none.
        """
        found: dict[object, tuple[Step, PageForm]] = {}
        for step, text in self.pages():
            for form in read_page(text)[0]:
                if form.action not in NOT_SENT and (form.visible or form.others or form.files):
                    found.setdefault((form.label, form.shape), (step, form))
        return sorted(found.values(), key=lambda one: one[1].action.endswith(LAST))

    def answers(self, forms: Iterable[tuple[Step, PageForm]], labels: Container[str]) -> Iterator[Sent]:
        """What each of some forms is answered, for every text."""
        for step, form in forms:
            if form.label in labels:
                yield from self._sent(step, form)

    def _sent(self, step: Step, form: PageForm) -> Iterator[Sent]:
        label, shape = form.label, form.shape
        is_costly = label.startswith(self.costly)
        for number, text in enumerate(PARCELS if is_costly else TEXTS):
            for names in self._places(form, number, once=is_costly):
                answer = self._send(form, step, text, number, names)
                assert answer.status_code < 500, f"{label} on {step.name}: {text}: {answer.text}"
                is_taken = answer.is_redirect
                if is_taken:
                    answer = self.visitor.open(answer.headers["location"])
                yield Sent(label, text, answer.text, is_typed=names == tuple(form.visible))
                if is_taken:
                    again = [one for one in read_page(step.open())[0] if one.shape == shape]
                    if not again:
                        return
                    form = again[0]

    def _places(self, form: PageForm, number: int, *, once: bool) -> Iterator[tuple[str, ...]]:
        """In which fields a text stands: in all that are typed into, and in one of the others by turns."""
        others = form.others
        is_typed = bool(form.visible or form.files)
        if is_typed:
            yield tuple(form.visible)
        if others and not (once and is_typed and number):
            yield (others[number % len(others)],)

    def _send(
        self, form: PageForm, step: Step, text: str, number: int, names: tuple[str, ...]
    ) -> httpx.Response:
        data: dict[str, list[str]] = {}
        for name, value in form.filled(text, *names):
            data.setdefault(name, []).append(value)
        if form.buttons:
            name, value = form.buttons[number % len(form.buttons)]
            data[name] = [value]
        action = form.action or step.name
        if form.method == "get":
            return self.visitor.client.get(action, params=data)
        files = {name: (f"{text[:200]}.csv", f"{text},b\n{text},x\n".encode()) for name in form.files}
        return self.visitor.client.post(action, data=data, files=files or None)


def look_at(browser: Browser, sent: Iterator[Sent]) -> Iterator[tuple[Sent, bool, bool]]:
    """Open answers in a browser: of each, whether an injected element is in it, and whether the text is shown.

    Those that differ in nothing but what every page has anew are opened once. They are opened without the headers of
    the page: what the policy of its content would stop does happen here.
    """
    context = browser.new_context()
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    try:
        different = _distinct(sent)
        while batch := list(islice(different, BATCH)):
            found = page.evaluate(_LOOK, {"pages": [one.answer for one in batch]})
            assert not found["own"], [(one.form, one.text) for one in batch]
            for one, injected, shown in zip(batch, found["found"], found["shown"], strict=True):
                yield one, injected, " ".join(one.text.split()) in shown
    finally:
        context.close()


def _distinct(sent: Iterator[Sent]) -> Iterator[Sent]:
    seen = set[int]()
    for one in sent:
        mark = hash(_VARYING.sub("", one.answer))
        if mark not in seen:
            seen.add(mark)
            yield one
