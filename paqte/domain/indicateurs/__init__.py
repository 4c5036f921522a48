"""The grid: what may be counted, and each kind of number as one entry."""
