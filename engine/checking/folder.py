"""The files of a policy folder -> the checked set, from the cache where the same files were checked before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from engine.checking.assembly import check_policies
from engine.checking.cache import DOCUMENTS, POLICY_SETS
from engine.diagnostics import Diagnostic, PolicyFaults
from engine.loading.document import Document
from engine.loading.yaml_reader import load_document
from engine.policy.model import PolicySet


def load_folder(
    files: Mapping[str, bytes],
    revision: str,
    unread: Collection[Diagnostic] = (),
    remarked: Collection[str] = (),
) -> PolicySet:
    """Check the files, given as name -> content; `revision` is the hash of all of them.

    `unread` are the faults of what lies beside them. What is found under the codes in `remarked` is a remark and no
    fault.

    Raises PolicyFaults with every fault of every file. Each call returns a set of its own, so that what deciding
    works out for one holder of a set is neither seen by another nor cached beyond the set's use.
    """
    key = revision, frozenset(unread), frozenset(remarked)
    found = POLICY_SETS.get(key)
    if found is None:
        try:
            found = _check(files, revision, unread, remarked)
        except PolicyFaults as faults:
            found = faults.diagnostics
        POLICY_SETS.put(key, found, sum(map(len, files.values())))
    if isinstance(found, tuple):
        raise PolicyFaults(found)
    return replace(found)


def _check(
    files: Mapping[str, bytes], revision: str, unread: Collection[Diagnostic], remarked: Collection[str]
) -> PolicySet:
    documents: list[Document] = []
    faults = list(unread)
    for name in sorted(files):
        try:
            documents.append(_document(name, files[name], frozenset(remarked)))
        except PolicyFaults as error:
            faults += error.diagnostics
    return check_policies(documents, revision, faults, remarked=remarked)


def _document(name: str, content: bytes, remarked: frozenset[str]) -> Document:
    key = name, content, remarked
    found = DOCUMENTS.get(key)
    if found is None:
        found = load_document(name, content, remarked)
        DOCUMENTS.put(key, found, len(content))
    return found
