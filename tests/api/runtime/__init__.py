"""Tests of api.runtime."""
