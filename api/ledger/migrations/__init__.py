"""The revisions of the tables, for Alembic; docs/operate/stores.md says how the next one is written."""

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""The identifier of every revision, the oldest first. A test holds this to what stands in `versions`."""
