"""The console under other directives than the shipped one: no page fails, no link is broken, no word is of 1964.

One has no registers and no urgency, one names its parties and its registers otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from engine import roles_in
from tests.support.approving import STARTER
from tests.support.consoles import ROOT, ServedConsole
from tests.support.crawling import Crawl
from tests.support.serving_parties import serving_parties

DIRECTIVES = {"starter": STARTER, "second": ROOT / "examples" / "second_directive"}
OF_1964 = re.compile(
    r"1964|attache|\bCommittee|Science and Technology|cooperation channel|memorandum"
    r"|\b(?:Korea|Albania|Cuba|Viet ?nam)|委员会|参赞|科技合作|备忘录|朝鲜|越南|古巴|阿尔巴尼亚",
    re.IGNORECASE,
)
ROLES = {
    name: sorted(roles_in({file.name: file.read_bytes() for file in (folder / "policies").glob("*.yaml")}))
    for name, folder in DIRECTIVES.items()
}


@pytest.fixture(scope="module", params=DIRECTIVES)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, ServedConsole]]:
    folder, place = DIRECTIVES[request.param], tmp_path_factory.mktemp(request.param)
    policies = folder / "policies"
    roles = roles_in({file.name: file.read_bytes() for file in policies.glob("*.yaml")})
    departments = {name: "guest-office" if role.asks else None for name, role in roles.items()}
    with serving_parties(place, policies, folder / "floor.yaml", departments) as (client, keys):
        console = ServedConsole(str(client.base_url).rstrip("/"), client, keys)
        yield request.param, console
        for one in console.clients:
            one.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_and_form_is_answered_in_the_words_of_the_directive(
    served: tuple[str, ServedConsole], language: str
) -> None:
    name, console = served
    for role in ROLES[name]:
        visitor = console.visitor(role)
        visitor.client.headers["Accept-Language"] = language
        crawl = Crawl(visitor).run()
        assert crawl.broken == []
        assert {"/", "/desk"} <= crawl.texts.keys()
        assert "get /desk/interview" in crawl.sent
        for place, text in crawl.texts.items():
            assert not OF_1964.search(text), f"{role}, {place}: {text}"
            assert "Traceback" not in text, f"{role}, {place}: {text}"
