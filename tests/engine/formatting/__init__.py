"""Tests of engine.formatting."""
