# One way only: each target calls outils/paqte.sh, which does the same where make is missing.
.PHONY: run test test-vite bench images install lint types lock audit composants paquet licences

run:       ## installs what is missing, then starts PAQTE (Ctrl-C stops it)
	@sh outils/paqte.sh run

test:      ## installs what tests need, a browser and LibreOffice included, and runs all checks
	@sh outils/paqte.sh test

test-vite: ## the quick tests, without browser, LibreOffice nor PostgreSQL; does not replace `make test`
	@sh outils/paqte.sh test-vite

bench:     ## prints each benchmark as a ratio to its floor
	@sh outils/paqte.sh bench

images:    ## pictures of the guides: pages from the tests, workbook from LibreOffice
	@sh outils/paqte.sh images

install:   ## installs the environment .venv and stops there
	@sh outils/paqte.sh install

lint:      ## direction of imports, style, formatting
	@sh outils/paqte.sh lint

types:     ## type checker over domain, services, queries, reporting
	@sh outils/paqte.sh types

lock:      ## requirements/*.txt from requirements/*.in, every file with its hash
	@sh outils/paqte.sh lock

audit:     ## known vulnerabilities of what is locked to run; says so in a sentence when no service answers
	@sh outils/paqte.sh audit

composants: ## the software bill of materials (CycloneDX) of what is locked to run, in dist/
	@sh outils/paqte.sh composants

paquet:    ## one archive in dist/ that installs on a server without a way out
	@sh outils/paqte.sh paquet

licences:  ## docs/licences.md from what is installed
	@sh outils/paqte.sh licences
