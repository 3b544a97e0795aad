"""Tests of engine.loading."""
