"""What was typed: kept when it is refused, made once when it is sent twice."""
