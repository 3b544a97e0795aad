"""News as a feed: for the signed-in and for programs with an API key, valid and stable, a page at a time.

Covers: api.console.live.feed
"""

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree

import httpx
import pytest

from api.services.live import pages
from tests.console.test_live_events import ask, open_case
from tests.support.consoles import ServedConsole, served_console

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/cases/feed.atom"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("feed")) as running:
        yield running


def feed_of(answer: httpx.Response) -> ElementTree.Element:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/atom+xml"), answer.text
    return ElementTree.fromstring(answer.content)


def link(element: ElementTree.Element, relation: str) -> str | None:
    found = element.find(f"{ATOM}link[@rel='{relation}']")
    return None if found is None else found.attrib["href"]


def titles(feed: ElementTree.Element) -> list[str]:
    return [text for entry in feed.iter(f"{ATOM}entry") if (text := entry.findtext(f"{ATOM}title"))]


def test_a_feed_has_what_the_standard_requires(console: ServedConsole) -> None:
    case_id, decided = open_case(console), ask(console)
    feed = feed_of(console.visitor("committee").open(FEED))
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        identity, title = element.findtext(f"{ATOM}id"), element.findtext(f"{ATOM}title")
        assert identity is not None
        assert UUID(identity.removeprefix("urn:uuid:"))
        assert title
        assert dt.datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "").tzinfo
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "channelgate"
    assert titles(feed)[0] == f"New urgent request: {decided['decision_id']}"
    newest, before = list(feed.iter(f"{ATOM}entry"))[:2]
    assert link(before, "alternate") == f"{console.url}/cases/{case_id}"
    assert link(newest, "related") == f"{console.url}/v1/decisions/{decided['decision_id']}"
    assert newest.findtext(f"{ATOM}updated") == feed.findtext(f"{ATOM}updated")
    assert link(feed, "self") == console.url + FEED


def test_ids_stay_the_same_and_are_all_different(console: ServedConsole) -> None:
    ask(console)
    visitor = console.visitor("liaison")
    ids = [[one.text for one in feed_of(visitor.open(FEED)).iter(f"{ATOM}id")] for _ in range(2)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0])


def test_the_pages_of_a_feed_hold_everything_once(
    console: ServedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        ask(console)
    visitor = console.visitor("auditor")
    whole = titles(feed_of(visitor.open(FEED)))
    monkeypatch.setattr(pages, "PAGE_ITEMS", 2)
    found, path = list[str](), FEED
    while path:
        feed = feed_of(visitor.open(path))
        found += titles(feed)
        following = link(feed, "next")
        path = f"{FEED}?{urlsplit(following).query}" if following else ""
    assert found == whole


@pytest.mark.parametrize("scheme", ["basic", "bearer"])
def test_a_program_reads_with_an_api_key(console: ServedConsole, scheme: str) -> None:
    ask(console)
    key = console.keys["committee"]
    auth = httpx.BasicAuth("anybody", key) if scheme == "basic" else None
    headers = {} if auth else {"Authorization": f"Bearer {key}"}
    answer = httpx.get(console.url + FEED, auth=auth, headers=headers, trust_env=False)
    assert titles(feed_of(answer))
    again = httpx.get(
        console.url + FEED,
        auth=auth,
        headers={**headers, "If-None-Match": answer.headers["etag"]},
        trust_env=False,
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Basic",
        "Basic !!",
        "Basic eDpjZ195",
        "Basic w6k6w6k=",
        "Bearer cg_x",
        "Digest x",
        "Basic eDp5IHo=",
    ],
)
def test_who_is_not_known_has_to_send_a_key(console: ServedConsole, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = httpx.get(console.url + FEED, headers=headers, trust_env=False)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic realm=")


def test_a_department_finds_its_own_news_alone_and_who_edits_policies_none(console: ServedConsole) -> None:
    own = ask(console)["decision_id"]
    feeds = {role: console.visitor(role).open(FEED) for role in ("department", "committee", "policy_officer")}
    assert feeds["policy_officer"].status_code == 403
    ids = {role: feed_of(feeds[role]).findtext(f"{ATOM}id") for role in ("department", "committee")}
    assert ids["department"] != ids["committee"]
    assert titles(feed_of(feeds["department"]))[0].endswith(own)


def test_a_feed_is_in_the_language_of_its_reader(console: ServedConsole) -> None:
    ask(console)
    answer = console.visitor("liaison").client.get(FEED, headers={"Accept-Language": "zh"})
    feed = feed_of(answer)
    assert feed.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "zh"
    assert titles(feed)[0].startswith("新的紧急申请")


@pytest.mark.parametrize("stated", ["x", "-1", "", "1.0"])
def test_what_is_no_place_is_refused(console: ServedConsole, stated: str) -> None:
    answer = console.visitor("liaison").client.get(FEED, params={"before": stated})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "before")
