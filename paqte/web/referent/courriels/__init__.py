"""Mails sent, and reminders."""
