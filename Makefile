# Everything that is done with this repository from a shell. `make` alone lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PREFIX ?= /usr/local
DESTDIR ?=
SECONDS ?= 60

TOOL := .build/release/wstrace
# The Swift runtime goes into the binary: what is tested is what is installed, on machines without a toolchain too.
RELEASE := -c release --product wstrace --static-swift-stdlib -Xlinker -lcurl
SOURCES := Package.swift Sources Tests

bin := $(DESTDIR)$(PREFIX)/bin/wstrace
man := $(DESTDIR)$(PREFIX)/share/man/man1/wstrace.1
bash := $(DESTDIR)$(PREFIX)/share/bash-completion/completions/wstrace
zsh := $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_wstrace
fish := $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/wstrace.fish

# One thing at a time and in the order written, whatever -j says: swift uses all processors by itself.
.NOTPARALLEL:
.PHONY: help setup setup-build build demo test check docs lint format golden fuzz install uninstall clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what building and testing need: system packages, and Python packages below .build
	@scripts/install-packages test
	@scripts/install-browser-tools
	@scripts/install-peers

setup-build: ## install the system packages that building needs
	@scripts/install-packages build

build: ## build the release binary
	swift build $(RELEASE)

demo: setup-build build ## build, then analyse a recording of an upgrade that never got its 101
	@echo
	$(TOOL) analyze Captures/missing-101-no-upgrade-headers.pcap

# The test runner comes last, so that its summary is the last thing to read.
test: setup lint build check ## everything: format, build, ground truth, unit and end-to-end tests
	WSTRACE_TOOL="$(CURDIR)/$(TOOL)" swift test

check: ## hold the release binary against the ground truth of the recordings, and the catalogue in the docs against it
	scripts/check-captures --tool $(TOOL)
	$(TOOL) explain --markdown | diff -u docs/findings.md -

docs: build ## make the catalogue of findings from the rules
	$(TOOL) explain --markdown > docs/findings.md

lint: ## check the format of the sources
	swift format lint --strict --parallel --recursive $(SOURCES)

format: ## format the sources in place
	swift format --in-place --parallel --recursive $(SOURCES)

golden: build ## renew the expected outputs; review the difference like code
	WSTRACE_TOOL="$(CURDIR)/$(TOOL)" WSTRACE_RENEW=1 swift test --filter Golden

fuzz: setup-build ## feed every decoder random input, SECONDS (60) each, or only the one that ONLY names
	scripts/fuzz $(SECONDS) $(ONLY)

# Under sudo there may be no swift in the PATH: then what `make build` left is installed.
install: $(if $(shell command -v swift),build) ## install binary, man page and completions under PREFIX
	@test -x $(TOOL) || { echo "there is no $(TOOL) yet: run make build first" >&2; exit 1; }
	scripts/check-libraries $(TOOL)
	install -D -m 755 $(TOOL) $(bin)
	install -D -m 644 docs/man/wstrace.1 $(man)
	mkdir -p $(dir $(bash)) $(dir $(zsh)) $(dir $(fish))
	$(TOOL) --generate-completion-script bash > $(bash)
	$(TOOL) --generate-completion-script zsh > $(zsh)
	$(TOOL) --generate-completion-script fish > $(fish)

uninstall: ## remove what install put under PREFIX
	rm -f $(bin) $(man) $(bash) $(zsh) $(fish)

clean: ## remove what was built
	rm -rf .build
