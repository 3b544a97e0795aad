"""Which notes of officers count: through the files of a pull request, and through the `note` of a call.

Covers: api.cli.approvals.folder_history, api.cli.approvals.note_folder, api.cli.approvals.folder_status,
api.cli.approvals.acts, api.cli.rendering.proposal, api.cli.policies_found, api.cli.approvals.evidence_file,
api.cli.approvals.content
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.domain.approvals.statements import (
    ApprovalWithdrawal,
    OfficerStatement,
    ProposalStatement,
    ProposalWithdrawal,
    Rejection,
    Revocation,
    read_statement,
)
from api.signing.keys import SigningKey
from api.signing.notes import parse_note, sign_note
from tests.support.approving import Clients, Office, approving, make_office
from tests.support.approving_commands import (
    approval_of,
    json_in,
    pem,
    reword,
    run,
    signing,
    write_evidence_file,
    write_keys,
)

DAY = dt.timedelta(days=1)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def statement(
    model: type[OfficerStatement], about: ProposalStatement, officer: str, **members: Any
) -> OfficerStatement:
    return model(log=about.log, officer=officer, at=now(), **members)


@dataclass
class Change:
    """A proposed change in an office, with the folder of its notes."""

    office: Office

    @property
    def base(self) -> Path:
        return self.office.folder / "branch" / "policies"

    @property
    def notes(self) -> Path:
        return self.office.folder / "change"

    @property
    def proposal(self) -> ProposalStatement:
        stated = read_statement(parse_note((self.notes / "proposal.txt").read_text(), "proposal").text)
        assert isinstance(stated, ProposalStatement)
        return stated

    def status(self, *options: object) -> tuple[int, Any]:
        """The exit code and the answer of `policies status`."""
        files = ["--approvals", self.notes, "--approvers", self.office.approvers, "--base", self.base]
        result = run("policies", "status", self.office.policies, *files, "--format", "json", *options)
        assert result.exit_code in (0, 1), result.output
        return result.exit_code, json_in(result)

    def write(self, name: str, note: str) -> None:
        (self.notes / f"{name}.txt").write_text(note)


def make_change(folder: Path) -> Change:
    """A change that officer-1 proposes in an office."""
    office = make_office(folder)
    write_keys(office)
    change = Change(office)
    shutil.copytree(office.policies, change.base)
    shutil.copy(office.floor, change.base.parent)
    reword(office.policies)
    options = [*signing(office, "officer-1"), "--base", change.base, "--wish", "Friendlier words"]
    made = run("policies", "propose", office.policies, *options, "--out", change.notes)
    assert made.exit_code == 0, made.output
    return change


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """A change that officer-2 and an officer who decides have approved, so that one approval is lacking."""
    change = make_change(tmp_path)
    for officer in ("officer-2", "head-1"):
        change.write(officer, change.office.sign(approval_of(change.proposal, officer), officer))
    return change


# -- what counts ---------------------------------------------------------------------------------------------

Notes = dict[str, str]


def sound(office: Office, about: ProposalStatement) -> Notes:
    return {"third": office.sign(approval_of(about, "officer-3"), "officer-3")}


def by_the_author(office: Office, about: ProposalStatement) -> Notes:
    return {"third": office.sign(approval_of(about, "officer-1"), "officer-1")}


def of_another_revision(office: Office, about: ProposalStatement) -> Notes:
    return {"third": office.sign(approval_of(about, "officer-3", content="0" * 64), "officer-3")}


def of_another_base(office: Office, about: ProposalStatement) -> Notes:
    return {"third": office.sign(approval_of(about, "officer-3", base="0" * 64), "officer-3")}


def of_another_proposal(office: Office, about: ProposalStatement) -> Notes:
    return {"third": office.sign(approval_of(about, "officer-3", proposal="0" * 64), "officer-3")}


def expired(office: Office, about: ProposalStatement) -> Notes:
    return {"third": office.sign(approval_of(about, "officer-3", at=now() - 31 * DAY), "officer-3")}


def from_the_future(office: Office, about: ProposalStatement) -> Notes:
    return {"third": office.sign(approval_of(about, "officer-3", at=now() + DAY), "officer-3")}


def for_another_log(office: Office, about: ProposalStatement) -> Notes:
    return {"third": office.sign(approval_of(about, "officer-3", log="another"), "officer-3")}


def of_nobody_known(office: Office, about: ProposalStatement) -> Notes:
    key = SigningKey.generate("officer-9")
    return {"third": sign_note(approval_of(about, "officer-9").to_text(), key)}


def by_another_key(office: Office, about: ProposalStatement) -> Notes:
    key = SigningKey.generate("officer-3")
    return {"third": sign_note(approval_of(about, "officer-3").to_text(), key)}


def by_another_officer(office: Office, about: ProposalStatement) -> Notes:
    return {"third": office.sign(approval_of(about, "officer-3"), "officer-4")}


def edited(office: Office, about: ProposalStatement) -> Notes:
    note = office.sign(approval_of(about, "officer-3", content="0" * 64), "officer-3")
    return {"third": note.replace("0" * 64, about.content)}


def withdrawn(office: Office, about: ProposalStatement) -> Notes:
    notes = sound(office, about)
    back = statement(ApprovalWithdrawal, about, "officer-3", proposal=about.digest)
    return {**notes, "back": office.sign(back, "officer-3")}


def approved_twice(office: Office, about: ProposalStatement) -> Notes:
    return {"third": office.sign(approval_of(about, "officer-2"), "officer-2")}


def of_one_who_left(office: Office, about: ProposalStatement) -> Notes:
    notes = sound(office, about)
    left = statement(Revocation, about, "head-1", revoked="officer-3", reason="another office")
    return {**notes, "left": office.sign(left, "head-1")}


IN_FILES = [
    (by_the_author, "the officer is the author"),
    (of_another_revision, "it is about another revision"),
    (of_another_base, "it is about another revision"),
    (of_another_proposal, "it is about another proposal"),
    (expired, "it has expired"),
    (from_the_future, "the note is from the future"),
    (for_another_log, "the note is for the log another"),
    (of_nobody_known, "the note is of nobody whom the approvers in force name"),
    (by_another_key, "no known key signed the note"),
    (by_another_officer, "no known key signed the note"),
    (edited, "the signature of officer-3 does not fit the note: one of the two was altered"),
    (withdrawn, "the officer took it back"),
    (approved_twice, "the officer approved again later, and counts once"),
    (of_one_who_left, "the officer has left"),
]
Case = Callable[[Office, ProposalStatement], Notes]


def reasons(answer: Any) -> set[str]:
    """Why notes count nothing."""
    approvals = answer["proposal"]["approvals"]
    return {one["fact"] for one in answer.get("refused", ())} | {one.get("why_not") for one in approvals}


def test_two_officers_and_one_who_decides_are_enough(change: Change) -> None:
    assert change.status()[0] == 1
    for name, note in sound(change.office, change.proposal).items():
        change.write(name, note)
    code, answer = change.status()
    assert (code, answer["enough"], answer["proposal"]["lacking"]) == (0, True, [])


@pytest.mark.parametrize(("case", "reason"), IN_FILES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_note_in_a_file_that_counts_nothing_is_named_with_the_reason(
    change: Change, case: Case, reason: str
) -> None:
    for name, note in case(change.office, change.proposal).items():
        change.write(name, note)
    code, answer = change.status()
    assert (code, answer["enough"]) == (1, False)
    assert "1 of 2 officers other than its author have approved it" in answer["proposal"]["lacking"]
    assert reason in reasons(answer)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("channelgate: approval\n", "nobody signed it"),
        ("words\n\n— officer-3 AAAAAAAAAAAA\n", "the first line names none of these"),
        ("\N{COMBINING ACUTE ACCENT}" * 20_000, "the note is longer than"),
    ],
)
def test_a_file_that_is_no_note_counts_nothing(change: Change, content: str, reason: str) -> None:
    change.write("third", content)
    code, answer = change.status()
    assert code == 1
    assert any(fact.startswith(reason) for fact in reasons(answer) if fact), reasons(answer)


def test_a_copy_of_a_note_counts_once(change: Change) -> None:
    change.write("copy", (change.notes / "officer-2.txt").read_text())
    code, answer = change.status()
    assert code == 1
    assert "the note was taken before, and counts once" in reasons(answer)


def test_a_rejection_ends_it_and_one_by_nobody_known_does_not(change: Change) -> None:
    about = change.proposal
    change.write("third", sound(change.office, about)["third"])
    key = SigningKey.generate("officer-9")
    of_nobody = statement(Rejection, about, "officer-9", proposal=about.digest, reason="no")
    change.write("no", sign_note(of_nobody.to_text(), key))
    assert change.status()[0] == 0
    rejected = statement(Rejection, about, "officer-4", proposal=about.digest, reason="too friendly")
    change.write("no", change.office.sign(rejected, "officer-4"))
    code, answer = change.status()
    assert (code, answer["proposal"]["state"], answer["proposal"]["ended"]["reason"]) == (
        1,
        "rejected",
        "too friendly",
    )


def test_only_its_author_withdraws_a_proposal(change: Change) -> None:
    about = change.proposal
    change.write("third", sound(change.office, about)["third"])
    back = statement(ProposalWithdrawal, about, "officer-4", proposal=about.digest)
    change.write("back", change.office.sign(back, "officer-4"))
    code, answer = change.status()
    assert (code, "only its author withdraws a proposal" in reasons(answer)) == (0, True)


def test_who_does_not_decide_sends_nobody_else_away(change: Change) -> None:
    about = change.proposal
    change.write("third", sound(change.office, about)["third"])
    left = statement(Revocation, about, "officer-4", revoked="officer-3", reason="a quarrel")
    change.write("left", change.office.sign(left, "officer-4"))
    code, answer = change.status()
    assert (code, "only an officer who decides may state this" in reasons(answer)) == (0, True)


def test_a_folder_that_moved_on_is_not_what_was_approved(change: Change) -> None:
    change.write("third", sound(change.office, change.proposal)["third"])
    file = change.office.policies / "directive.yaml"
    file.write_text(file.read_text() + "# one more\n")
    code, answer = change.status()
    assert (code, answer["proposal"]["state"]) == (1, "drafted")
    assert "the folder is" in answer["proposal"]["lacking"][0]


def test_a_branch_that_moved_on_needs_another_proposal(change: Change) -> None:
    change.write("third", sound(change.office, change.proposal)["third"])
    file = change.base / "directive.yaml"
    file.write_text(file.read_text() + "# one more\n")
    code, answer = change.status()
    assert (code, answer["proposal"]["state"]) == (1, "superseded")


def test_without_evidence_it_counts_as_loosening_and_with_it_as_it_says(change: Change) -> None:
    (change.notes / "head-1.txt").unlink()
    change.write("third", sound(change.office, change.proposal)["third"])
    code, answer = change.status()
    assert code == 1
    assert answer["proposal"]["lacking"] == ["an officer who decides has to approve it as well"]
    evidence = change.office.folder / "evidence.json"
    write_evidence_file(change.office, change.base, change.office.policies, evidence)
    code, answer = change.status("--evidence", evidence)
    assert (code, answer["proposal"]["lacking"], answer["proposal"]["needs_deciding"]) == (0, [], [])
    other = json.loads(evidence.read_text())
    evidence.write_text(json.dumps({**other, "engine": "0" * 64}))
    assert change.status("--evidence", evidence)[0] == 1


def test_evidence_of_another_revision_is_refused(change: Change) -> None:
    evidence = change.office.folder / "evidence.json"
    write_evidence_file(change.office, change.base, change.base, evidence)
    files = ["--approvals", change.notes, "--approvers", change.office.approvers, "--evidence", evidence]
    result = run("policies", "status", change.office.policies, *files)
    assert (result.exit_code, "and the proposal of" in result.stderr) == (2, True), result.output


# -- the same notes, sent to a service -----------------------------------------------------------------------


@dataclass
class Proposed:
    """A change that was proposed at a service by its note."""

    change: Change
    clients: Clients

    def send(self, note: str, path: str = "approvals", caller: str = "auditor") -> Any:
        """The answer to a note, whoever carries it."""
        address = f"/v1/proposals/{self.change.proposal.digest}/{path}"
        return self.clients.call(caller, "POST", address, {"note": note}).json()


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proposed]:
    change = make_change(tmp_path_factory.mktemp("office"))
    office = change.office
    with approving(office, policies=change.base) as clients:
        files = {name: text.decode() for name, text in office.files().items()}
        note = (change.notes / "proposal.txt").read_text()
        made = clients.call("officer-4", "POST", "/v1/proposals", {"files": files, "note": note})
        assert made.status_code == 201, made.text
        yield Proposed(change, clients)


IN_CALLS = [
    (by_the_author, "would not count: the officer is the author"),
    (of_another_revision, "it states another `content`"),
    (of_another_base, "it states another `base`"),
    (of_another_proposal, "it states another `proposal`"),
    (expired, "it has expired"),
    (from_the_future, "the note is from the future"),
    (for_another_log, "the note is for the log another"),
    (of_nobody_known, "the note is of nobody whom the approvers in force name"),
    (by_another_key, "no known key signed the note"),
    (by_another_officer, "no known key signed the note"),
    (edited, "the signature of officer-3 does not fit the note"),
]


@pytest.mark.parametrize(("case", "reason"), IN_CALLS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_note_in_a_call_counts_as_little(proposed: Proposed, case: Case, reason: str) -> None:
    notes = case(proposed.change.office, proposed.change.proposal)
    answer = proposed.send(notes["third"], caller="officer-4")
    assert reason in json.dumps(answer, ensure_ascii=False)
    shown = proposed.clients.proposal(proposed.change.proposal.digest)
    assert not any(one["counts"] for one in shown["approvals"])
    assert "0 of 2 officers other than its author have approved it" in shown["lacking"]


# -- founding ------------------------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = make_office(tmp_path)
    write_keys(office)
    (tmp_path / "founding.txt").unlink()
    return office


def found(office: Office, officer: str, *options: object) -> Any:
    named = ["--out", office.folder / "founding.txt", *signing(office, officer), *options]
    return run("policies", "found", office.policies, *named)


def test_a_founding_that_everybody_signed_starts_a_service(office: Office) -> None:
    begun = found(office, "officer-1")
    assert begun.exit_code == 0, begun.output
    assert "still to sign, each with --add: officer-2, officer-3, officer-4, head-1, head-2" in begun.stdout
    for officer in ("officer-2", "officer-3", "officer-4", "head-1", "head-2"):
        done = found(office, officer, "--add")
        assert done.exit_code == 0, done.output
    assert "everybody has signed" in done.stdout
    with approving(office) as clients:
        assert clients.get("auditor", "/v1/approvers")["in_force"]["approval"] == "founded"


@pytest.mark.parametrize(
    ("spoil", "fact"),
    [
        (lambda office: reword(office.policies), "it founds the revision"),
        (
            lambda office: office.floor.write_text(office.floor.read_text() + "# x\n"),
            "it is about another floor",
        ),
        (
            lambda office: office.approvers.write_text(office.approvers.read_text() + "# x\n"),
            "it is about other approvers",
        ),
        (
            lambda office: office.floor.write_text("invariants: []\n"),
            "the floor",
        ),
        (
            lambda office: (office.policies / "home.yaml").write_text("policy: ["),
            "cannot be used, so nothing is founded",
        ),
    ],
)
def test_a_signature_is_added_to_a_founding_of_the_same_files_alone(
    office: Office, spoil: Callable[[Office], object], fact: str
) -> None:
    assert found(office, "officer-1").exit_code == 0
    spoil(office)
    before = (office.folder / "founding.txt").read_bytes()
    done = found(office, "officer-2", "--add")
    assert (done.exit_code, fact in done.stderr) == (2, True), done.output
    assert (office.folder / "founding.txt").read_bytes() == before


def test_an_edited_founding_takes_no_signature(office: Office) -> None:
    assert found(office, "officer-1").exit_code == 0
    file = office.folder / "founding.txt"
    file.write_text(file.read_text().replace("officer: officer-1", "officer: officer-4"))
    done = found(office, "officer-2", "--add")
    assert (done.exit_code, "what officer-1 signed was altered" in done.stderr) == (2, True), done.output


def test_nobody_signs_a_founding_twice_or_for_another_log(office: Office) -> None:
    assert found(office, "officer-1").exit_code == 0
    anew = found(office, "officer-2")
    assert (anew.exit_code, "already there" in anew.stderr) == (2, True), anew.output
    again = found(office, "officer-1", "--add")
    assert (again.exit_code, "officer-1 has signed" in again.stderr) == (2, True), again.output
    other = found(office, "officer-2", "--add", "--log", "another")
    assert (other.exit_code, "it is for the log example.org/gate" in other.stderr) == (2, True), other.output


def test_a_key_of_no_approver_signs_nothing(office: Office) -> None:
    pem(office, "officer-1").write_bytes(SigningKey.generate("officer-1").to_pem())
    done = found(office, "officer-1")
    assert (done.exit_code, "is the key of none of the approvers" in done.stderr) == (2, True), done.output
    assert not (office.folder / "founding.txt").exists()


def test_one_key_under_two_names_is_one_person(office: Office) -> None:
    twice = SigningKey("officer-2", office.keys["officer-1"].private)
    text = office.approvers_text()
    office.approvers.write_text(
        text.replace(office.keys["officer-2"].verifying.format(), twice.verifying.format())
    )
    done = found(office, "officer-1")
    assert done.exit_code == 2
    assert "two officers have the same key" in done.stderr


# -- the commands of officers --------------------------------------------------------------------------------


def test_an_officer_s_key_is_private_and_its_lines_fit_the_file_of_approvers(office: Office) -> None:
    file = office.folder / "new.pem"
    made = run("keys", "officer", "officer-1", "--out", file)
    assert made.exit_code == 0, made.output
    assert file.stat().st_mode & 0o077 == 0
    before = f"    - officer: officer-1\n      key: {office.keys['officer-1'].verifying.format()}\n"
    text = office.approvers.read_text()
    assert before in text
    office.approvers.write_text(text.replace(before, made.stdout))
    shutil.copy(file, pem(office, "officer-1"))
    assert found(office, "officer-1").exit_code == 0
    again = run("keys", "officer", "officer-1", "--out", file)
    assert (again.exit_code, "already there" in again.stderr) == (2, True)


def test_a_name_that_no_signature_line_carries_gets_no_key(tmp_path: Path) -> None:
    made = run("keys", "officer", "an officer", "--out", tmp_path / "new.pem")
    assert (made.exit_code, list(tmp_path.iterdir())) == (2, [])


def test_approving_withdrawing_and_approving_again(change: Change) -> None:
    office = change.office
    about = ["--approvals", change.notes, *signing(office, "officer-3")]
    approve = ["policies", "approve", office.policies, *about]
    assert run(*approve).exit_code == 0
    assert change.status()[0] == 0
    again = run(*approve)
    assert (again.exit_code, "already there" in again.stderr) == (2, True), again.output
    assert run("policies", "withdraw", "--approval", *about).exit_code == 0
    assert change.status()[0] == 1
    assert run(*approve, "--force").exit_code == 0
    assert change.status()[0] == 0
    text = run(
        "policies", "status", office.policies, "--approvals", change.notes, "--approvers", office.approvers
    )
    assert (text.exit_code, "officer-3: counts until" in text.stdout) == (0, True), text.output
    assert run("policies", "reject", "--reason", "no", *about).exit_code == 0
    assert change.status()[1]["proposal"]["state"] == "rejected"
    late = run(
        "policies", "approve", office.policies, "--approvals", change.notes, *signing(office, "officer-4")
    )
    assert (late.exit_code, "the proposal is rejected" in late.stderr) == (2, True), late.output


@pytest.mark.parametrize(
    ("command", "officer", "fact"),
    [
        (["approve", "DIR"], "officer-1", "is the author, and does not approve"),
        (["approve", "BASE"], "officer-3", "the proposal is of revision"),
        (["withdraw"], "officer-3", "officer-1 is the author, and alone withdraws"),
        (["withdraw", "0" * 64], "officer-1", "without a service"),
        (["reject", "--reason", " "], "officer-3", "the text is empty"),
        (["approve", "DIR", "--log", "another"], "officer-3", "the note is for the log example.org/gate"),
        (["approve", "DIR", "--evidence", "PEM"], "officer-3", "holds no evidence that can be read"),
    ],
)
def test_what_an_officer_may_not_state_is_not_written(
    change: Change, command: list[str], officer: str, fact: str
) -> None:
    office = change.office
    names = {"DIR": office.policies, "BASE": change.base, "PEM": pem(office, officer)}
    words = [names.get(word, word) for word in command]
    before = sorted(change.notes.iterdir())
    done = run("policies", *words, "--approvals", change.notes, *signing(office, officer))
    assert (done.exit_code, fact in done.stderr) == (2, True), done.output
    assert sorted(change.notes.iterdir()) == before


def test_markdown_shows_the_words_of_others_as_words(change: Change) -> None:
    wish = ["--wish", "a [link](x) | <b>", "--base", change.base, "--force"]
    out = ["--out", change.notes, *signing(change.office, "officer-1")]
    assert run("policies", "propose", change.office.policies, *wish, *out).exit_code == 0
    files = ["--approvals", change.notes, "--approvers", change.office.approvers, "--format", "markdown"]
    shown = run("policies", "status", change.office.policies, *files)
    assert shown.exit_code == 1
    assert "wish: a \\[link\\]\\(x\\) \\| \\<b\\>" in shown.stdout
