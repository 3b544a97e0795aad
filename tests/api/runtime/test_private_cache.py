"""A cache between runs: an entry is the one that was stored by this user, or it is none."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from api.runtime import private_cache
from api.runtime.private_cache import MAX_ENTRIES, NO_CACHE, VARIABLE, PrivateCache, find_folder

NAME, OTHER = (sha256(text).hexdigest() for text in (b"one", b"another"))
CONTENT = b"what was found"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "some" / "cache"


@pytest.fixture
def cache(folder: Path) -> PrivateCache:
    """A cache with one entry."""
    cache = PrivateCache(folder)
    cache.put(NAME, CONTENT)
    assert cache.get(NAME) == CONTENT
    return cache


def entry_in(folder: Path, name: str = NAME) -> Path:
    return folder / f"{name}.entry"


def test_the_folder_and_what_is_in_it_are_the_users_alone(cache: PrivateCache, folder: Path) -> None:
    assert [path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())] == [0o700, 0o600, 0o600]


def test_another_process_finds_it_and_another_name_does_not(cache: PrivateCache, folder: Path) -> None:
    assert PrivateCache(folder).get(NAME) == CONTENT
    assert cache.get(OTHER) is None


def cut_off(folder: Path) -> None:
    entry_in(folder).write_bytes(entry_in(folder).read_bytes()[:-1])


def emptied(folder: Path) -> None:
    entry_in(folder).write_bytes(b"")


def one_bit_changed(folder: Path) -> None:
    content = bytearray(entry_in(folder).read_bytes())
    content[-1] ^= 1
    entry_in(folder).write_bytes(content)


def under_another_name(folder: Path) -> None:
    PrivateCache(folder).put(OTHER, b"of another name")
    entry_in(folder, OTHER).replace(entry_in(folder))


def of_another_key(folder: Path) -> None:
    elsewhere = PrivateCache(folder.parent / "elsewhere")
    elsewhere.put(NAME, b"forged")
    entry_in(folder.parent / "elsewhere").replace(entry_in(folder))


def readable_by_others(folder: Path) -> None:
    entry_in(folder).chmod(0o644)


def key_readable_by_others(folder: Path) -> None:
    (folder / "key").chmod(0o640)


def key_of_another_length(folder: Path) -> None:
    (folder / "key").write_bytes(b"")


def key_missing(folder: Path) -> None:
    (folder / "key").unlink()


def a_link(folder: Path) -> None:
    entry_in(folder).rename(folder / "moved")
    entry_in(folder).symlink_to(folder / "moved")


def a_second_name(folder: Path) -> None:
    os.link(entry_in(folder), folder / "second")


def a_pipe(folder: Path) -> None:
    entry_in(folder).unlink()
    os.mkfifo(entry_in(folder), 0o600)


@pytest.mark.parametrize(
    "damage",
    [
        cut_off,
        emptied,
        one_bit_changed,
        under_another_name,
        of_another_key,
        readable_by_others,
        key_readable_by_others,
        key_of_another_length,
        key_missing,
        a_link,
        a_second_name,
        a_pipe,
    ],
    ids=lambda damage: str(damage.__name__),
)
def test_what_is_not_as_it_was_stored_is_not_found_and_is_written_anew(
    cache: PrivateCache, folder: Path, damage: Callable[[Path], None]
) -> None:
    damage(folder)
    assert cache.get(NAME) is None
    cache.put(NAME, CONTENT)
    assert cache.get(NAME) == CONTENT


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o755, 0o777], ids=oct)
def test_a_folder_that_others_can_look_into_is_not_used(cache: PrivateCache, folder: Path, mode: int) -> None:
    folder.chmod(mode)
    assert cache.get(NAME) is None
    cache.put(OTHER, CONTENT)
    assert not entry_in(folder, OTHER).exists()


def test_what_belongs_to_somebody_else_is_not_used(
    cache: PrivateCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)
    assert cache.get(NAME) is None
    cache.put(OTHER, CONTENT)
    assert not entry_in(folder, OTHER).exists()


def test_a_full_disk_leaves_nothing_behind(
    cache: PrivateCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    cache.put(OTHER, CONTENT)
    monkeypatch.undo()
    assert {path.name for path in folder.iterdir()} == {"key", f"{NAME}.entry"}


def test_a_folder_that_cannot_be_made_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = PrivateCache(tmp_path / "file" / "cache")
    cache.put(NAME, CONTENT)
    assert cache.get(NAME) is None


def test_an_entry_is_found_where_its_use_cannot_be_noted(
    cache: PrivateCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "utime", refuse)
    assert cache.get(NAME) == CONTENT


def test_the_entries_used_longest_ago_are_removed_and_nothing_else(folder: Path) -> None:
    cache = PrivateCache(folder)
    oldest, older, *others, newest = [sha256(b"%d" % number).hexdigest() for number in range(MAX_ENTRIES + 1)]
    for age, name in enumerate((oldest, older, *others)):
        cache.put(name, CONTENT)
        os.utime(entry_in(folder, name), (1_000_000 + age, 1_000_000 + age))
    (folder / "notes.txt").write_text("of the user")
    (folder / f"{oldest}.entry.0123456789abcdef").write_text("of a process that was ended")
    os.utime(folder / f"{oldest}.entry.0123456789abcdef", (1, 1))
    assert cache.get(oldest) == CONTENT
    cache.put(newest, CONTENT)
    expected = {entry_in(folder, name).name for name in (oldest, *others, newest)}
    assert {path.name for path in folder.iterdir()} == expected | {"key", "notes.txt"}


def test_entries_take_no_more_than_so_many_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_cache, "MAX_BYTES", 150)
    cache = PrivateCache(folder)
    cache.put(NAME, bytes(100))
    os.utime(entry_in(folder), (1, 1))
    cache.put(OTHER, bytes(100))
    assert cache.get(NAME) is None
    assert cache.get(OTHER) == bytes(100)
    cache.put(NAME, bytes(151))
    assert cache.get(NAME) is None


def test_the_folder_is_that_of_the_setting_the_environment_or_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv(VARIABLE, "/somewhere")
    assert find_folder("/named") == Path("/named")
    assert find_folder() == Path("/somewhere")
    assert find_folder("off") is None
    monkeypatch.setenv(VARIABLE, "off")
    assert find_folder() is None
    monkeypatch.setenv(VARIABLE, "")
    assert find_folder() == tmp_path / ".cache/channelgate"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert find_folder() == tmp_path / ".cache/channelgate"
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert find_folder() == Path("/caches/channelgate")


def test_without_a_folder_there_is_nothing() -> None:
    NO_CACHE.put(NAME, CONTENT)
    assert NO_CACHE.get(NAME) is None
