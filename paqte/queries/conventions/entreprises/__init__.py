"""Companies as the State's register tells of them, and what looks at it found of signatories."""
