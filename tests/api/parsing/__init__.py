"""Tests of api.parsing."""
