"""A template filled: what it says, where its rows go, what points at them. It knows kinds of workbook as data."""
