# Vitals. `make` lists the targets; `make run` is all a user needs, `make test` all a change must pass.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
ARGS ?=

BINARY := bin/vitals
LINTER := bin/tools/golangci-lint
MODULES := frontend/node_modules/.package-lock.json
EMBEDDED := server/internal/web/dist
BUNDLE := frontend/dist/index.html
APP := $(EMBEDDED)/index.html

# Directories are in the list too: their time changes when a file goes away.
APP_SOURCES := $(shell find frontend/src frontend/public -not -name '*.test.*' 2>/dev/null) \
	$(wildcard frontend/*.html frontend/package.json frontend/vite.config.* frontend/tsconfig*.json) \
	frontend/scripts/compress.mjs

##@ Use

.PHONY: run
run: build ## Build everything and start the server; ARGS="--interval 500ms" passes settings on
	@exec $(BINARY) serve $(ARGS)

.PHONY: build
build: $(APP) ## Build the app and the one binary that holds it, bin/vitals
	@cd server && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o ../$(BINARY) ./cmd/vitals

.PHONY: test
test: ## Everything that must hold: linters, Go tests, app tests, size budget, browser story
	@$(MAKE) lint
	@$(MAKE) test-go
	@scripts/fuzz.sh 10s
	@$(MAKE) test-app
	@$(MAKE) test-examples
	@$(MAKE) test-size
	@$(MAKE) test-story
	@echo "==> all checks passed"

##@ Develop

.PHONY: dev
dev: $(MODULES) ## Go server and Vite with hot reload; Ctrl-C stops both
	@ARGS="$(ARGS)" scripts/dev.sh

.PHONY: fmt
fmt: $(LINTER) $(MODULES) ## Format Go and front-end sources
	cd server && ../$(LINTER) fmt ./...
	cd frontend && npm run --silent format

# Most linters use one processor, so two run at a time. What is generated is written anew, for which nobody may read it.
.PHONY: lint
lint: ## Formatting, linters, types, import walls, generated files
	@$(MAKE) --jobs=2 --output-sync=target lint-go lint-app-style lint-app-types lint-scripts lint-contracts
	@$(MAKE) check-gen

.PHONY: lint-go
lint-go: $(LINTER)
	@echo "==> golangci-lint, gofumpt"
	@cd server && ../$(LINTER) run ./...

.PHONY: lint-app-style
lint-app-style: $(MODULES)
	@echo "==> prettier, eslint, dependency-cruiser"
	@cd frontend && npm run --silent format:check && npm run --silent lint

.PHONY: lint-app-types
lint-app-types: $(MODULES)
	@echo "==> tsc"
	@cd frontend && npm run --silent typecheck

.PHONY: lint-scripts
lint-scripts:
	@echo "==> shell scripts"
	@scripts/lint-scripts.sh

.PHONY: test-go
test-go: bin/test-inputs
	@echo "==> go test -race"
	@cd server && go test -race ./...

# Go keeps the results of tests, and looks at no file outside its module to see whether they still hold.
bin/test-inputs: $(shell find protocol docs deploy -type f 2>/dev/null)
	@cd server && go clean -testcache
	@mkdir -p bin && touch $@

.PHONY: test-app
test-app: build
	@echo "==> vitest"
	@cd frontend && npm run --silent test

.PHONY: test-examples
test-examples: build
	@echo "==> examples"
	@scripts/check-examples.sh

.PHONY: test-size
test-size: build
	@echo "==> size budget"
	@cd frontend && npm run --silent size

.PHONY: test-story
test-story: build ## The browser story alone
	@echo "==> browser story"
	@chromium="$$(scripts/chromium.sh)"; \
	cd frontend && CHROMIUM="$$chromium" npm run --silent e2e

.PHONY: fuzz
fuzz: ## Every fuzz target for TIME each (1m); PATTERN picks some
	@scripts/fuzz.sh $(or $(TIME),1m) $(PATTERN)

.PHONY: bench
bench: build ## Print tables of speed and memory; ARGS names parts: resources fanout storm latency history app
	@scripts/bench.sh $(ARGS)

.PHONY: lint-contracts
lint-contracts: $(MODULES)
	@echo "==> contracts"
	@scripts/lint-contracts.sh

# What is generated, and from what. Add a line here and its file to GENERATED.
GENERATED := protocol/schema.json frontend/src/wire/types.gen.ts docs/metrics.md README.md $(wildcard server/internal/web/documentation/*)

.PHONY: gen
gen: $(MODULES) ## Write everything that is generated from the Go types
	@cd server && go build -o ../bin/generate ./cmd/generate
	@cd server && ../bin/generate schema > ../bin/generated && mv ../bin/generated ../protocol/schema.json
	@cd server && ../bin/generate metrics > ../bin/generated && mv ../bin/generated ../docs/metrics.md
	@cd server && ../bin/generate settings ../README.md
	@cd server && ../bin/generate documentation .. internal/web/documentation
	@cd frontend && npm run --silent gen

.PHONY: check-gen
check-gen: $(MODULES)
	@echo "==> generated files are current"
	@scripts/check-generated.sh $(GENERATED)

.PHONY: container-check
container-check: ## Build the image without a registry, run it as docker-compose.yml does, look at it
	@VERSION=$(VERSION) scripts/container-check.sh

.PHONY: clean
clean: ## Remove what was built; downloaded packages stay
	rm -rf bin frontend/dist
	find $(EMBEDDED) -mindepth 1 -not -name README.md -delete

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo

$(MODULES): frontend/package-lock.json
	@cd frontend && npm ci --no-audit --no-fund
	@touch $@

$(BUNDLE): $(MODULES) $(APP_SOURCES)
	@cd frontend && npm run --silent build && node scripts/compress.mjs dist
	@touch $@

$(APP): $(BUNDLE)
	@find $(EMBEDDED) -mindepth 1 -not -name README.md -delete
	@cp -R frontend/dist/. $(EMBEDDED)/ && rm -r $(EMBEDDED)/.vite # the bundler's own list of files
	@touch $@

$(LINTER): server/tools/go.mod server/tools/go.sum
	@echo "==> building the linter, once"
	@cd server/tools && go build -o ../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@
