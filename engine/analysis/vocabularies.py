"""Two policy sets in the same words: what one of them does not know is a word of both, that it never asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.contract.vocabulary import Declarations, Vocabulary, Word
from engine.contract.vocabulary_building import make_vocabulary
from engine.policy.model import PolicySet


def differing_kinds(old: PolicySet, new: PolicySet) -> Iterator[str]:
    """Yield, for each fact that is of another kind in the newer set, what it was and is."""
    for word in new.vocabulary.declarations.facts:
        before = old.vocabulary.words.get(word.name)
        if before and before.kind is not word.kind:
            yield f"the fact {word.name} was of the kind {before.kind}, and is of the kind {word.kind}"


def in_the_same_words(old: PolicySet, new: PolicySet) -> tuple[PolicySet, PolicySet]:
    """Return both sets with the words of either; facts of the same name have to be of one kind."""
    if old.vocabulary is new.vocabulary:
        return old, new
    before, after = old.vocabulary.declarations, new.vocabulary.declarations
    known = {word.name: word for word in before.facts}
    facts = [_joined(known.pop(word.name), word) if word.name in known else word for word in after.facts]
    groups = {**dict(before.groups), **dict(after.groups)}
    both = make_vocabulary(replace(after, facts=(*facts, *known.values()), groups=tuple(groups.items())))
    return _speaking(old, both), _speaking(new, both)


def _joined(old: Word, new: Word) -> Word:
    """A fact with what either set says that it can be."""
    more = {choice: text for choice, text in old.choices_in_words.items() if choice not in new.choices}
    ends = [(one.least, one.most) for one in (old, new)]
    return replace(
        new,
        choices=(*new.choices, *more) if new.choices else (),
        meanings=(*new.choices_in_words.values(), *more.values()) if new.choices else (),
        least=None if any(least is None for least, _ in ends) else min(least or 0 for least, _ in ends),
        most=None if any(most is None for _, most in ends) else max(most or 0 for _, most in ends),
        whole=old.whole and new.whole,
    )


def _speaking(policies: PolicySet, vocabulary: Vocabulary) -> PolicySet:
    return replace(
        policies,
        vocabulary=vocabulary,
        policies=tuple(replace(policy, vocabulary=vocabulary) for policy in policies.policies),
    )


def vocabulary_changes(old: Declarations, new: Declarations) -> Iterator[tuple[str, str]]:
    """Yield what has been changed in the declared facts: the name of each, and how."""
    before, after = ({word.name: word for word in one.facts} for one in (old, new))
    for name in dict.fromkeys((*after, *before)):
        if name not in after:
            yield name, "is gone"
        elif name not in before:
            yield name, "is new"
        else:
            yield from ((name, change) for change in _word_changes(before[name], after[name]))


def _word_changes(old: Word, new: Word) -> Iterator[str]:
    if old == new:
        return
    if old.kind is not new.kind:
        yield f"kind {old.kind} -> {new.kind}"
    for choice in dict.fromkeys((*new.choices, *old.choices)):
        if choice not in old.choices:
            yield f"has the new choice {choice}"
        elif choice not in new.choices:
            yield f"no longer has the choice {choice}"
    if old.owner != new.owner:
        yield f"owner {old.owner or 'nobody'} -> {new.owner or 'nobody'}"
    if (old.least, old.most, old.whole) != (new.least, new.most, new.whole):
        yield "has other limits"
    shared = [choice for choice in new.choices if choice in old.choices]
    if _texts(old, shared) != _texts(new, shared):
        yield "says something else"


def _texts(word: Word, choices: list[str]) -> tuple[str, str, list[str]]:
    return word.ask, word.answered_by, [word.choices_in_words[choice] for choice in choices]
