"""Calls of the OpenID AuthZEN Authorization API: each question is decided and recorded as a pre-check."""
