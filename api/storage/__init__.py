"""The tables beside the log: cases, registers, handovers, stored responses."""
