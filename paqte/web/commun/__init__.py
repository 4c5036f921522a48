"""Pages and pieces that several audiences share."""
