"""Forms: typed fields, refusals beside them, labels that travel with them."""
