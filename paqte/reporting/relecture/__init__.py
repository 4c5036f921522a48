"""Workbooks read again: what they say, what they show, what differs."""
