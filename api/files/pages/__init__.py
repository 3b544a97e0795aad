"""The pages that are printed from the registers: drafts for the attache, the session and the record."""
