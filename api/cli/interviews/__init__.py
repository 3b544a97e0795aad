"""The interview of `channelgate ask`: typed lines in, questions and the answer out."""
