"""What is answered for a period, its proofs, what is said wrong in it, the dates it was owed by and its reminders."""
