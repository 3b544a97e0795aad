"""Tests of api.storage."""
