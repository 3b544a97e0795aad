"""The links of the policies compared with the review book: reviewed as they are, suspect, or never reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from api.evidence.reviews.review_file import ReviewEntry, ReviewFile
from engine import Link, PolicySet, find_links


class ReviewState(StrEnum):
    """The review status of a link."""

    REVIEWED = "reviewed"
    SUSPECT = "suspect"
    UNREVIEWED = "unreviewed"


@dataclass(frozen=True, slots=True)
class LinkReview:
    """A link, and its entry in the review file, if there is one."""

    link: Link
    entry: ReviewEntry | None

    @property
    def changed(self) -> tuple[str, ...]:
        """The ends that changed since they were read: `clause`, `rule`."""
        return tuple(self._changed())

    def _changed(self) -> Iterator[str]:
        if self.entry is None:
            return
        if self.entry.clause_read != self.link.clause.fingerprint:
            yield "clause"
        if self.link.rule and self.entry.rule_read != self.link.rule.fingerprint:
            yield "rule"

    @property
    def state(self) -> ReviewState:
        """Whether both ends are as they were read."""
        if self.entry is None:
            return ReviewState.UNREVIEWED
        return ReviewState.SUSPECT if self.changed else ReviewState.REVIEWED

    @property
    def words(self) -> str:
        """The state, and what makes it so."""
        if self.entry is None:
            return f"{self.state}, nobody has read them together"
        since = f"since {self.entry.by} read them on {self.entry.on}"
        ends = " and the ".join(self.changed)
        return f"{self.state}, the {ends} changed {since}" if ends else f"{self.state}, unchanged {since}"


@dataclass(frozen=True, slots=True)
class Reviews:
    """Every link with its review, in the directive's order; `orphans` are entries about links that are not there."""

    review_file: ReviewFile
    links: tuple[LinkReview, ...]
    orphans: tuple[ReviewEntry, ...]

    @property
    def open(self) -> tuple[LinkReview, ...]:
        """The links that are not reviewed as they are now."""
        return tuple(one for one in self.links if one.state is not ReviewState.REVIEWED)

    @property
    def last(self) -> ReviewEntry | None:
        """The newest entry about a link that is there; of those of one day, the last in the directive's order."""
        entries = [one.entry for one in self.links if one.entry]
        return max(reversed(entries), key=lambda entry: entry.on, default=None)


def find_reviews(policies: PolicySet, review_file: ReviewFile) -> Reviews:
    """Find the links of the policies, each with its entry of the review file."""
    entries = {entry.key: entry for entry in review_file.entries}
    links = tuple(LinkReview(link, entries.pop(link.key, None)) for link in find_links(policies))
    return Reviews(review_file, links, tuple(entries.values()))
