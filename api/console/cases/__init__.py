"""Cases: the queue, a case with its facts, clearances and handovers."""
