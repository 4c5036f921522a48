"""What is known of how somebody comes in."""
