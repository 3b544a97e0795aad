"""One module a revision, never changed once it was released; each says what it adds to the one before."""
