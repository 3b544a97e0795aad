"""The checked policy set, as data."""
