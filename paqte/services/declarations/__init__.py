"""What a company answers, from the first draft to the validation, and what comes with it."""

from paqte.services.declarations.declarations import open_declaration, submit_declaration, validate_declaration

__all__ = ["open_declaration", "submit_declaration", "validate_declaration"]
