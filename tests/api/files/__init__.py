"""Tests of api.files."""
