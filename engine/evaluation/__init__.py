"""Facts and policies -> the answer for a line; the reference evaluation."""
