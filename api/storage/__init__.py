"""The tables beside the log: cases, registers, handovers, answered calls."""
