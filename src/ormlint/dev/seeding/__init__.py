"""Seeded faults: planted in real projects one at a time, in memory, to measure what the rules find."""
