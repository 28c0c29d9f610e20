# The two commands: `make run` and `make test`. Everything they need is set up on first use, from
# hash-pinned lock files, on a machine that has only python3 (with pip), git and make.
PY ?= python3
UV := .tools/uv/bin/uv
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE ?= 1

.PHONY: help run setup local-check test test-long check bench lock format clean screenshots gallery soak

help:                ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: .venv/.ok       ## playground at http://127.0.0.1:8080, and every chat whose token is set
	@exec $(BIN)/imagine-bot run

setup: .venv/.ok     ## only set up: .venv/bin/imagine-bot

local-check: .venv/.ok  ## what LOCAL_PICTURE_CHECK=opennsfw needs besides (50 MB to download)
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r local-check.lock

test: .venv/.dev     ## the tests, with coverage of bot/; test-long has those that take minutes
	$(BIN)/python -m tests.run

test-long: .venv/.dev  ## real processes killed, restarted and put under load: some minutes more
	$(BIN)/python -m tests.run -m long

check: .venv/.dev    ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv-bench/.ok  ## ratios against the plain SDK and LiteLLM in one run
	.venv-bench/bin/python -m bench --output bench/RESULTS.md

soak: .venv/.dev     ## half an hour of load with random faults and kills; SOAK="--minutes 5" shortens it
	$(BIN)/python -m tests.soak $(SOAK)

audit: .venv/.dev    ## licences of what is shipped, and the bill of materials in build/sbom.json
	$(BIN)/python -m scripts.audit

mutate: .venv/.dev   ## mutants of the pipeline and the router that no test notices (takes an hour or two)
	$(BIN)/python -m scripts.mutate

vulnerabilities: $(UV)  ## known vulnerabilities of what is shipped (asks the advisory service of PyPI)
	$(UV) tool run pip-audit==2.10.1 --disable-pip --require-hashes -r local-check.lock

format: .venv/.dev   ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# uv itself comes by pip into a folder of its own: Debian's python3 has neither venv nor a writable site. Where there
# is no pip either, the one in Debian's package of wheels is used as it is; nothing is installed.
$(UV): tools.lock
	@$(PY) -m pip --version >/dev/null 2>&1 || test -f .tools/pip.whl || $(MAKE) --no-print-directory .tools/pip.whl
	@pip=.tools/pip.whl/pip; test -f .tools/pip.whl || pip="-m pip"; \
	  $(PY) $$pip install --quiet --root-user-action=ignore --only-binary :all: --require-hashes --target .tools/uv --upgrade -r tools.lock
	@touch $@

.tools/pip.whl:
	@mkdir -p .tools/debian
	@cd .tools/debian && apt-get download -qq python3-pip-whl && dpkg-deb -x python3-pip-whl_*.deb . \
	  || { echo "$(PY) has no pip. Install it first: sudo apt-get install python3-pip" >&2; exit 1; }
	@mv .tools/debian/usr/share/python-wheels/pip-*.whl $@ && rm -rf .tools/debian

.venv/.ok: $(UV) requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(UV) venv --quiet --no-managed-python --python $(PY) .venv
	@if test -f .venv/.dev; then :; else $(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock; fi
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: $(UV) dev.lock pyproject.toml
	@test -x $(BIN)/python || $(UV) venv --quiet --no-managed-python --python $(PY) .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch .venv/.ok $@

.venv-bench/.ok: $(UV) bench.lock pyproject.toml
	@$(UV) venv --quiet --clear --no-managed-python --python $(PY) .venv-bench
	@$(UV) pip sync --quiet --python .venv-bench/bin/python --require-hashes bench.lock
	@$(UV) pip install --quiet --python .venv-bench/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

.tools/promtool:     ## Prometheus' rule tester, for the tests of the alerts (from Debian's package; nothing is installed)
	@mkdir -p .tools/prometheus
	@cd .tools/prometheus && apt-get download -qq prometheus && dpkg-deb -x prometheus_*.deb .
	@mv .tools/prometheus/usr/bin/promtool $@ && rm -rf .tools/prometheus

screenshots: .venv/.dev  ## pictures in docs/ (needs Debian's chromium)
	$(BIN)/python -m scripts.screenshots

gallery: .venv/.dev  ## every message of the Discord and Slack bots, as text and as a picture in docs/
	$(BIN)/python -m scripts.discord_gallery
	$(BIN)/python -m scripts.slack_gallery

lock: $(UV)          ## write the lock files anew (no URL ever goes into them)
	$(UV) pip compile pyproject.toml --extra otel --group build --universal --generate-hashes --no-emit-index-url --quiet -o requirements.lock
	$(UV) pip compile pyproject.toml --extra otel --extra local-check --group build -c requirements.lock --universal --generate-hashes --no-emit-index-url --quiet -o local-check.lock
	$(UV) pip compile pyproject.toml --extra otel --extra local-check --group build --group dev -c requirements.lock --universal --generate-hashes --no-emit-index-url --quiet -o dev.lock
	$(UV) pip compile pyproject.toml --extra otel --group build --group bench --universal --generate-hashes --no-emit-index-url --quiet -o bench.lock
	echo "uv==0.13.9" | $(UV) pip compile - --universal --generate-hashes --no-emit-index-url --quiet -o tools.lock

clean:               ## forget the environment, keep the data
	rm -rf .venv .venv-bench .tools
