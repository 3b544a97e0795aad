"""What the liaison records by sets whose parties have no offices, as those of old ledgers. It never changes."""

RECORDED_BY_LIAISON = frozenset({"item.legacy_list", "item.channel.attache_confirmation"})
"""The facts of another owner that the liaison of version 1 may record."""
