"""What a préfecture says of itself: texts, partners, figures of context, settings, protocol; and the territories."""
