"""Tests of engine.language."""
