"""What a signatory answers: values, controls, seal, completeness."""
