"""The pages by which one comes in otherwise than by a mailed link alone."""
