"""The pages of the registers as a visitor uses them: files sent, what is shown looked at, and recorded."""

import html
import re
from pathlib import Path

import httpx

from tests.support.consoles import ServedConsole, Visitor

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_LINK = re.compile(r'<a[^>]*rel="next" href="([^"]*)"')
_NUMBER = re.compile(r'<th scope="row" class="nowrap"[^>]*><a href="/registers/items/([^"]*)"')
FAILED = 400


class RegisterPages:
    """A visitor of the registers."""

    def __init__(self, console: ServedConsole, role: str = "liaison") -> None:
        self.visitor: Visitor = console.visitor(role)

    def open(self, path: str) -> httpx.Response:
        return self.visitor.open(path)

    def text(self, path: str) -> str:
        answer = self.open(path)
        assert answer.status_code == 200, answer.text
        return text_of(answer)

    def upload(self, *files: tuple[str, bytes]) -> httpx.Response:
        """Send files for a look at what an import of them would do."""
        named = dict(zip(("first", "second"), files, strict=False))
        return self.visitor.send("/registers/import", {}, at="/registers/import", files=named)

    def confirm(self, path: str, shown: httpx.Response, **more: str) -> httpx.Response:
        """Press the button of a page that shows what would be recorded."""
        fields = {**hidden_of(shown), "record": "yes", **more}
        return self.visitor.client.post(path, data=fields)

    def import_folder(self, folder: Path) -> None:
        files = [(file.name, file.read_bytes()) for file in sorted(folder.glob("*.csv"), reverse=True)]
        recorded = self.confirm("/registers/import", self.upload(*files))
        assert recorded.status_code == 303, text_of(recorded)

    def state(self, kind: str, **fields: object) -> httpx.Response:
        """Send the form of an event for a look at what it would do."""
        path = f"/registers/events/new?kind={kind}"
        data = {"happened_on": "1965-03-01", "reference": "a letter", "kind": kind, **fields}
        hidden = hidden_of(self.open(path))
        return self.visitor.client.post("/registers/events/new", data={**hidden, **data})

    def record(self, kind: str, **fields: object) -> int:
        """Record an event by its form; returns its log entry."""
        shown = self.state(kind, **fields)
        assert shown.status_code == 200, text_of(shown)
        lists = fields.get("lists", ())
        data = {**hidden_of(shown), "record": "yes", "lists": lists}
        recorded = self.visitor.client.post("/registers/events/new", data=data)
        assert recorded.status_code == 303, text_of(recorded)
        return int(recorded.headers["location"].rpartition("=")[2])

    def numbers(self, view: str = "") -> list[str]:
        """The numbers of the items of a view, page after page."""
        found, path = list[str](), f"/registers/items?{view}"
        while path:
            answer = self.open(path)
            assert answer.status_code == 200, text_of(answer)
            found += _NUMBER.findall(answer.text)
            link = _LINK.search(answer.text)
            path = html.unescape(link[1]) if link else ""
        return found


def hidden_of(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the forms of a page, without that of the languages."""
    found = {html.unescape(name): html.unescape(value) for name, value in _HIDDEN.findall(page.text)}
    found.pop("back", None)
    return found


def text_of(page: httpx.Response) -> str:
    """What a page says, its markup taken away."""
    main = page.text.partition("<main")[2] or page.text
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))
