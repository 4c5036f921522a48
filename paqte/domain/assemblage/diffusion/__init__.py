"""What may leave the préfecture: which answers each cell stands on, what is withheld, what a text would tell."""
