"""What is asked of whoever comes in, beside a mailed link or the provider's answer."""
