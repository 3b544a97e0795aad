"""Drafts of policy changes: who may see and change them, and that what is in force meanwhile is not lost.

Covers: api.services.policy_drafts, api.storage.policy_drafts, api.domain.policy_drafts
"""

import asyncio
import datetime as dt
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from api.app import create_app
from api.domain.identity import Caller, Credential
from api.domain.policy_drafts import MAX_DRAFTS
from api.parsing.problems import ProblemError
from api.policies.active import PolicyProvider
from api.services.context import Context
from api.services.policy_drafts import (
    change_draft,
    create_draft,
    delete_draft,
    draft_conflicts,
    draft_files,
    list_drafts,
    load_draft,
    rebase_draft,
)
from api.settings import Settings

ROOT = Path(__file__).parents[2]
Work = Callable[[Context], Awaitable[None]]


def run(place: Path, work: Work) -> None:
    """Do some work in a service of a copy of the shipped policies."""
    shutil.copytree(ROOT / "policies", place / "policies")
    settings = Settings(
        policies=place / "policies",
        floor=ROOT / "floor.yaml",
        database=str(place / "log.db"),
        insecure_no_auth=True,
        accept_unproved=True,
    )

    async def serve() -> None:
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            await work(app.state.context)

    asyncio.run(serve())


def caller(context: Context, role: str, name: str = "first") -> Caller:
    found = context.policies.current.policies.roles[role]
    return Caller(name, found, "metallurgy" if found.asks else None, Credential.API_KEY)


def problem(error: pytest.ExceptionInfo[ProblemError]) -> str:
    return error.value.problem.type


def test_a_draft_is_made_changed_and_deleted(tmp_path: Path) -> None:
    async def work(context: Context) -> None:
        officer = caller(context, "policy_officer")
        before = context.policies.current.files.read()
        draft = await create_draft(context, officer, " the session \n is the ninth ")
        assert draft.title == "the session is the ninth"
        assert await draft_files(context, draft) == before
        text = before["korea.yaml"].decode().replace("value: 8", "value: 9")
        changed = await change_draft(context, officer, draft.draft_id, "korea.yaml", text, draft.updated_at)
        files = await draft_files(context, changed)
        assert (await load_draft(context, officer, draft.draft_id)) == changed
        assert files["korea.yaml"] == text.encode()
        assert files.keys() == before.keys()
        gone = await change_draft(context, officer, draft.draft_id, "cuba.yaml", None, changed.updated_at)
        assert (await draft_files(context, gone)).keys() == before.keys() - {"cuba.yaml"}
        back = await change_draft(
            context, officer, draft.draft_id, "cuba.yaml", before["cuba.yaml"].decode(), gone.updated_at
        )
        assert [*back.changes] == ["korea.yaml"]
        assert context.policies.current.files.read() == before
        await delete_draft(context, officer, draft.draft_id, back.updated_at)
        assert await list_drafts(context, officer) == []

    run(tmp_path, work)


def test_officers_see_all_drafts_and_change_their_own(tmp_path: Path) -> None:
    async def work(context: Context) -> None:
        owner, other = (caller(context, "policy_officer", name) for name in ("first", "second"))
        draft = await create_draft(context, owner, "a change")
        assert await load_draft(context, other, draft.draft_id) == draft
        assert await list_drafts(context, caller(context, "committee")) == [draft]
        namesake = Caller(owner.name, owner.role, None, Credential.TOKEN)
        for somebody in (other, namesake):
            with pytest.raises(ProblemError) as refused:
                await change_draft(context, somebody, draft.draft_id, "x.yaml", "a: b", draft.updated_at)
            assert problem(refused) == "/problems/not-permitted"
        for role in ("department", "liaison", "auditor"):
            with pytest.raises(ProblemError) as unseen:
                await load_draft(context, caller(context, role), draft.draft_id)
            assert problem(unseen) == "/problems/not-permitted"

    run(tmp_path, work)


def test_what_cannot_be_stored_is_refused(tmp_path: Path) -> None:
    async def work(context: Context) -> None:
        officer = caller(context, "policy_officer")
        draft = await create_draft(context, officer, "a change")
        seen = draft.updated_at
        for file, text in (
            ("../x.yaml", "a: b"),
            (".x.yaml", "a: b"),
            ("x.txt", "a: b"),
            ("x.yaml", "a" * 2**21),
        ):
            with pytest.raises(ProblemError) as refused:
                await change_draft(context, officer, draft.draft_id, file, text, seen)
            assert problem(refused) == "/problems/invalid-request"
        earlier = seen - dt.timedelta(seconds=1)
        with pytest.raises(ProblemError) as stale:
            await change_draft(context, officer, draft.draft_id, "x.yaml", "a: b", earlier)
        assert problem(stale) == "/problems/draft-changed"
        with pytest.raises(ProblemError) as unknown:
            await load_draft(context, officer, "0" * 32)
        assert problem(unknown) == "/problems/not-found"
        for title in ("", "  ", "a" * 201):
            with pytest.raises(ProblemError):
                await create_draft(context, officer, title)
        for number in range(1, MAX_DRAFTS):
            await create_draft(context, officer, f"draft {number}")
        with pytest.raises(ProblemError):
            await create_draft(context, officer, "one too many")
        first = await list_drafts(context, officer)
        last = first[-1]
        rest = await list_drafts(context, officer, (last.updated_at, last.draft_id))
        assert len({one.draft_id for one in (*first, *rest)}) == MAX_DRAFTS

    run(tmp_path, work)


@pytest.mark.parametrize("take", [True, False])
def test_a_draft_on_what_is_no_longer_in_force_offers_to_be_based_on_what_is(
    tmp_path: Path, take: bool
) -> None:
    async def work(context: Context) -> None:
        assert isinstance(context.policies, PolicyProvider)
        officer = caller(context, "policy_officer")
        draft = await create_draft(context, officer, "a change")
        folder = tmp_path / "policies"
        own = (folder / "korea.yaml").read_text().replace("value: 8", "value: 9")
        draft = await change_draft(context, officer, draft.draft_id, "korea.yaml", own, draft.updated_at)
        cuba = (folder / "cuba.yaml").read_text()
        (folder / "cuba.yaml").write_text("# read again\n" + cuba)
        await context.policies.reload()
        assert await draft_conflicts(context, draft) == ()
        assert (await draft_files(context, draft))["cuba.yaml"].startswith(b"# read again")
        theirs = (folder / "korea.yaml").read_text().replace("value: 8", "value: 10")
        (folder / "korea.yaml").write_text(theirs)
        await context.policies.reload()
        assert await draft_conflicts(context, draft) == ("korea.yaml",)
        with pytest.raises(ProblemError) as refused:
            await draft_files(context, draft)
        assert problem(refused) == "/problems/draft-changed"
        taken = frozenset({"korea.yaml"} if take else ())
        based = await rebase_draft(context, officer, draft.draft_id, taken, draft.updated_at)
        assert (await draft_files(context, based))["korea.yaml"].decode() == (theirs if take else own)

    run(tmp_path, work)
