# `make help` lists the targets. `make test` is the README's test command.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# Every module of the repository. `go test ./...` in the root runs the first only.
MODULES := . internal/e2e internal/bench

# Packages whose tests live in SQLite. The race detector makes that pure Go database
# ten times slower and looks at nothing of ours meanwhile: it runs on those of
# their tests where several goroutines meet.
ON_SQLITE := . ./payments/sqlitestore ./payments/internal/sqltx
ON_SQLITE_RACE := two|hileOthers|LostItsSnapshot|LockRun|ASecondRun|insideView

# Raw blocks and address lists shared between projects; absent in a plain clone.
COINTILL_DATA ?= $(wildcard $(abspath ../shared/data))
export COINTILL_DATA

# Fuzz targets run for this long each in `make fuzz`.
FUZZTIME ?= 30s

.PHONY: help test quick tools vet fuzz bench

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/:/'

test: tools vet ## everything: installs what is missing, all modules, with the race detector
	@[ -n "$$COINTILL_DATA" ] || echo 'COINTILL_DATA names no folder: the tests over shared vectors, blocks and payloads skip'
	@echo "== ."
	@export COINTILL_REQUIRE=1; \
	go test -race -timeout 30m $$(go list ./... | grep -vxF "$$(go list $(ON_SQLITE))"); \
	go test -timeout 30m $(ON_SQLITE); \
	go test -race -timeout 30m -run '$(ON_SQLITE_RACE)' $(ON_SQLITE)
	@for m in $(filter-out .,$(MODULES)); do \
		echo "== $$m"; \
		(cd $$m && COINTILL_REQUIRE=1 go test -race -timeout 30m ./...); \
	done
	@echo "== every benchmark, once: it must still run"
	@for m in $(MODULES); do \
		said=$$(cd $$m && go test -run '^$$' -bench . -benchtime 1x ./... 2>&1) || { echo "$$said"; exit 1; }; \
	done

quick: ## the root module alone: nothing installed, no network
	go test ./...

tools: ## install what the tests need and this machine lacks
	@internal/install-tools

vet: ## gofmt, go vet
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo 'run gofmt'; exit 1; }
	@for m in $(MODULES); do (cd $$m && go vet ./...); done

fuzz: ## run every fuzz target for FUZZTIME
	@for p in $$(go list ./...); do \
		for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
			echo "== $$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$p; \
		done; \
	done

bench: ## all benchmarks, once; beside each its peer
	@for m in $(MODULES); do (cd $$m && go test -run '^$$' -bench . -benchmem ./...); done
