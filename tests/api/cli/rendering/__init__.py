"""Tests of api.cli.rendering."""
