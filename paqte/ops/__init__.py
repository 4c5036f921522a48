"""The machine room: clock, settings, logging, health, mail transport, backup."""
