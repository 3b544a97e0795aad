"""Tests of cases: what opens one, and what is known by one."""
