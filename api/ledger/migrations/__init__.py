"""The revisions of the tables, for Alembic; docs/operate/stores.md says how the next one is written."""

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
"""The identifier of every revision, the oldest first. A test holds this to what stands in `versions`."""
