"""The interview: one question at a time until the answer stands; pure, for a terminal and a browser alike."""
