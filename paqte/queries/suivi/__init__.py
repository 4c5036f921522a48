"""Pages that put several subjects together: home, calendar, a signatory's page, a company's space."""
