"""Approvals at the command line: signed notes in a folder of a repository, or calls of a service."""
