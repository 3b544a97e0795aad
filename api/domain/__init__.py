"""The rules of the office, pure: no clock, no files, no database."""
