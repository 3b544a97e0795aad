"""The file of approvers: what it may say, and that nobody is two officers in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from api.domain.approvals.approvers import read_approvers
from api.domain.identity import Caller, Credential
from api.signing.keys import SigningKey
from engine import PolicyFaults
from tests.support.shipped_roles import POLICY_OFFICER

KEYS = {name: SigningKey.generate(name) for name in ("a", "b", "c", "d", "head")}
SOUND = "approvers:\n  officers:\n" + "".join(
    f"    - officer: {name}\n      key: {key.verifying.format()}\n      sub: sub-{name}\n      api_key: key-{name}\n"
    + ("      decides: true\n" if name == "head" else "")
    for name, key in KEYS.items()
)


def found(text: str) -> str:
    """The faults of a file, each in its line."""
    with pytest.raises(PolicyFaults) as faults:
        read_approvers("approvers.yaml", text.encode())
    return "\n".join(map(str, faults.value.diagnostics))


def test_a_sound_file_needs_two_who_edit() -> None:
    approvers = read_approvers("approvers.yaml", SOUND.encode())
    assert (approvers.needed, approvers.approvals_hold.days, approvers.confirm_within.days) == (2, 30, 3)
    assert [one.officer for one in approvers.officers if one.decides] == ["head"]


def replaced(old: str, new: str) -> Callable[[], str]:
    assert old in SOUND
    return lambda: SOUND.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (
            replaced("sub: sub-b", "sub: sub-a"),
            "two officers have the same sub, sub-a: one person counts once",
        ),
        (replaced("api_key: key-b", "api_key: key-a"), "two officers have the same API key, key-a"),
        (replaced("officer: b", "officer: a"), "the key of a is one of b"),
        (replaced("  officers:", "  needed: 1\n  officers:"), "`needed` cannot be used"),
        (
            replaced("  officers:", "  needed: 4\n  officers:"),
            "Of 4 officers who edit policies, 4 would have to approve",
        ),
        (replaced("      decides: true\n", ""), "No officer would decide"),
        (
            replaced("  officers:", "  need: 2\n  officers:"),
            "`need` is no key that the file of approvers has",
        ),
        (replaced("approvers:", "approver:"), "`approvers` is missing"),
        (replaced("+", "-"), "cannot be used"),
        (lambda: "approvers: {}\n", "`officers` is missing"),
        (lambda: "- a\n- b\n", "the file cannot be used"),
        (lambda: "approvers:\n  officers: []\n", "`officers` cannot be used"),
        (lambda: SOUND + "  needed: 2\n  needed: 3\n", "Y"),
    ],
)
def test_a_fault_has_its_place(text: Callable[[], str], part: str) -> None:
    assert part in found(text())
    assert "approvers.yaml:" in found(text())


def test_the_same_key_under_two_names_is_one_person() -> None:
    same = SigningKey("b", KEYS["a"].private).verifying.format()
    text = SOUND.replace(KEYS["b"].verifying.format(), same)
    assert "two officers" in found(text)


@pytest.mark.parametrize(
    ("name", "credential", "officer"),
    [
        ("sub-a", Credential.TOKEN, "a"),
        ("key-a", Credential.API_KEY, "a"),
        ("key-a", Credential.TOKEN, None),
        ("sub-a", Credential.API_KEY, None),
        ("sub-a", Credential.NONE, None),
        ("SUB-A", Credential.TOKEN, None),
        ("a", Credential.TOKEN, None),
    ],
)
def test_an_officer_is_known_by_the_credential_that_is_named(
    name: str, credential: Credential, officer: str | None
) -> None:
    approvers = read_approvers("approvers.yaml", SOUND.encode())
    calling = approvers.officer_calling(Caller(name, POLICY_OFFICER, credential=credential))
    assert (calling.officer if calling else None) == officer
