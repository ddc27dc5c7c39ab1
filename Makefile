# Thin: the work is done by the package tools/. Further arguments: make test ARGS="-k payment".
# Debian builds its Python with a profile; one that was built by hand may need twice the time.
PYTHON ?= $(or $(wildcard /usr/bin/python3),python3)
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: demo test soak lint bench shell clean help

demo: ## A NetSuite on localhost and Odoo with the addon, imported and compared (ARGS=--once: then stop)
test: ## All tests (ARGS="path -k name": some of them)
soak: ## The random tests with many more examples, for hours if you like (ARGS=1000: so many)
lint: ## Style and types (ARGS=--fix: mend what can be mended)
bench: ## The figures of docs/BENCHMARKS.md
shell: ## Odoo's shell on the demo's database
clean: ## Remove this clone's databases and logs (ARGS=--cache: the shared downloads too)

demo test soak lint bench shell clean:
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) was not found. Install Python 3.10 to 3.13." >&2; exit 1; }
	@$(PYTHON) -m tools $@ $(ARGS)

help: ## This list
	@sed -n 's/^\([a-z]*\): ## /make \1\t/p' Makefile | expand -t 14
