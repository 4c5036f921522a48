"""What is due and claimed once: tasks, passes, mails of the outbox."""
