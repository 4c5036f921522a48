"""The figures of the grid: windows on the facts, axes and thématiques, natures, targets, what is told beside."""
