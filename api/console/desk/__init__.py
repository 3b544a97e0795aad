"""The desk: questions of a department until the answer stands, and the answer to read aloud."""
