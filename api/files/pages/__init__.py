"""The pages that are printed from the registers: drafts for who confirms, the session and the record."""
