"""The other tables of a document: signatories, answers and their origin, completeness, context, commitments."""
