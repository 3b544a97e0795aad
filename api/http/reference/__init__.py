"""The interface as a page for people: what `/openapi.json` holds, without a script, with nothing from elsewhere."""
