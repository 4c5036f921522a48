"""What a signatory promises, and what a promise is measured against."""
