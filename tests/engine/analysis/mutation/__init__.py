"""Tests of engine.analysis.mutation."""
