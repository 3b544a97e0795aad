"""Tests of api.proposal_evidence."""
