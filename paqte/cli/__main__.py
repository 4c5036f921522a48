"""`python -m paqte.cli`: the same as `paqte`."""

from paqte.cli import main

main()
