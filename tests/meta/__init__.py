"""The project held against itself: documents, layout, words, start-up."""
