"""Tests of api.http.authentication."""
