"""What every page stands on: who is signed in, the guard, headings of answers, errors, static files."""
