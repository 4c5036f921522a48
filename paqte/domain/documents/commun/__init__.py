"""What every document shares: its kind, its head and foot, its frozen text, how two are compared, how one is read."""
