"""Documents issued, the templates they fill, and the numbers a restored base must not give twice."""
