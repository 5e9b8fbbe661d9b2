# The whole study from a fresh clone; needs make and Python >= 3.11, uses uv where there is one.
PYTHON  ?= python3
PROFILE ?= default
JOBS    ?= 2

VENV   := .venv
RUN    := $(VENV)/bin/python
READY   = $(VENV)/.ready
BOOK_READY = .venv-book/.ready
BUILD   = build/$(PROFILE)
FIGURES = $(if $(filter default,$(PROFILE)),figures,figures/$(PROFILE))
UV     := $(shell uv --version >/dev/null 2>&1 && echo uv)
# n under make -n, q under make -q: neither may write
SHORT  := $(filter-out --%,$(firstword -$(MAKEFLAGS)))
DRY    := $(findstring n,$(SHORT))$(findstring q,$(SHORT))

# the committed notebooks show the default profile
ifneq ($(filter notebooks,$(MAKECMDGOALS)),)
override PROFILE := default
endif

SOURCES := $(sort $(wildcard notebooks/[0-9][0-9]_*.py))
NAMES   := $(SOURCES:notebooks/%.py=%)
GUIDE   := $(filter 00_%,$(NAMES))
# the last has few sweeps that another core could share: under -j it begins first
STUDIES := $(filter 13_%,$(NAMES)) $(filter-out 00_% 13_%,$(NAMES))

# BLAS may round differently with another number of threads; the notebooks parallelise replicates.
export OPENBLAS_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
export VECLIB_MAXIMUM_THREADS ?= 1
# sweeps of notebooks that run beside each other share the cores, see ntksgd.stats.share
export NTKSGD_BESIDE := $(CURDIR)/build/beside
# nothing is written outside of this folder
export NUMBA_CACHE_DIR := $(CURDIR)/build/numba
export MPLCONFIGDIR := $(CURDIR)/build/matplotlib
export IPYTHONDIR := $(CURDIR)/build/ipython
export JUPYTER_RUNTIME_DIR := $(CURDIR)/build/jupyter
export JUPYTER_PREFER_ENV_PATH := 1
# read by tools/, where no quote in them can matter
FILE :=
export PROFILE READY FILE
# variables of the reader's shell that would redirect what is written here, or skip computations
unexport NTKSGD_FIGURES NTKSGD_CLAIMS NTKSGD_PROGRESS PYTHONPATH PYTHONHOME VIRTUAL_ENV

# where sweeps run, if on a Dask cluster: named to make, not found in the reader's shell
ifeq ($(origin SCHEDULER)$(if $(SCHEDULER),,-),command line)
export NTKSGD_SCHEDULER := $(SCHEDULER)
else
unexport NTKSGD_SCHEDULER
endif
PORT    ?= 8786
WORKERS ?= $(shell getconf _NPROCESSORS_ONLN)

# the default profile recomputes; a long study takes up where a killed one stopped
ifeq ($(PROFILE),default)
unexport NTKSGD_CACHE
else
export NTKSGD_CACHE := $(CURDIR)/build/cache
endif

.PHONY: help figures notebooks book verify estimate cluster test lint lab bench lock clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

CHECK_PYTHON = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
  echo 'error: $(PYTHON) is not Python 3.11 or newer; name one: make PYTHON=python3.12' >&2; exit 1; }

# What writes is done by a make below tools/alone.py: one at a time in this folder, and nothing of it
# outlives this one.
WRITING := $(filter figures notebooks book estimate test lint clean build/% .venv%,$(MAKECMDGOALS))
ifneq ($(if $(DRY)$(filter command,$(origin ALONE)),,$(WRITING)),)
.PHONY: alone $(MAKECMDGOALS)
$(MAKECMDGOALS): alone ; @:
alone:
	@$(CHECK_PYTHON)
	+@exec $(PYTHON) tools/alone.py $(MAKE) --no-print-directory ALONE=yes $(MAKECMDGOALS)
else

help:  ## list the targets
	@echo 'make TARGET [PROFILE=default|paper|...] [SCHEDULER=tcp://host:8786] [PYTHON=python3]'
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' Makefile | expand -t 14

figures: $(BUILD)/fingerprints.done  ## run what has changed, refresh figures/ and claims.csv
	@$(if $(and $(filter default,$(PROFILE)),$(wildcard README.md)),$(RUN) tools/readme.py)
	@echo '$(FIGURES)/ is up to date'

notebooks: $(NAMES:%=build/default/%.installed)  ## refresh the .ipynb from the .py, with outputs

book: $(BOOK_READY)  ## the notebooks and the library's reference, to be read: build/book/index.html
	@.venv-book/bin/python tools/book/build.py

verify:  ## say, without computing, whether all belongs together, or what made FILE=x.csv
	@$(if $(filter default,$(PROFILE)),$(PYTHON),$(RUN)) tools/verify.py

estimate: $(BUILD)/params.done  ## core-hours of a profile, as measured when its notebooks last ran
	@$(PYTHON) tools/estimate.py $(if $(KEEP),--keep)

cluster:  ## a Dask scheduler and workers on 127.0.0.1: make figures SCHEDULER=tcp://127.0.0.1:8786
	@$(if $(READY),$(MAKE) -s $(READY))
	@exec $(RUN) tools/cluster.py start --port $(PORT) --workers $(WORKERS)

test: $(READY) $(BOOK_READY)  ## test the library, recompute every notebook, compare with what is committed
	$(RUN) tools/run_tests.py --jobs $(JOBS)

lint: $(READY)  ## ruff
	$(RUN) -m ruff check .

lab:  ## open the notebooks in JupyterLab (an environment of its own)
	@$(MAKE) --no-print-directory .venv-lab/.ready
	@echo 'what cells save goes to build/lab; figures/ is written by make alone'
	NTKSGD_FIGURES="$$(pwd)/build/lab" .venv-lab/bin/python -m jupyterlab notebooks

bench:  ## timings against the alternatives (an environment of its own)
	@$(MAKE) --no-print-directory .venv-bench/.ready
	@set -e; for script in benchmarks/bench_*.py; do .venv-bench/bin/python $$script; done

# versions of what is shared come from requirements.lock; torch is left out: it would bring CUDA
COMPILE = uv pip compile pyproject.toml --quiet --generate-hashes --no-emit-index-url --universal \
  --python-version 3.11 --no-header
lock:  ## bring the locks up to pyproject.toml, keeping pins (uv)
	$(COMPILE) --extra paper --extra test --extra distributed -o requirements.lock
	$(COMPILE) --extra paper --extra test --extra lab --extra distributed -c requirements.lock -o requirements-lab.lock
	$(COMPILE) --extra paper --extra test --extra book -c requirements.lock -o requirements-book.lock
	$(COMPILE) --extra bench -c requirements.lock -o requirements-bench.lock

clean:  ## remove all that make made, but the environments and committed files
	rm -rf build .pytest_cache .ruff_cache
	find lib tests tools notebooks benchmarks -name __pycache__ -prune -exec rm -rf {} +

# --- environments: the hashed lock and nothing else; the library itself by a path file ----------
PIP = install --quiet --require-hashes --only-binary :all: -r $<

$(VENV)/.ready: requirements.lock
.venv-lab/.ready: requirements-lab.lock
.venv-bench/.ready: requirements-bench.lock
.venv-book/.ready: requirements-book.lock

%/.ready:
	@$(CHECK_PYTHON)
	@echo 'installing $< into $*'
ifdef UV
	@test -x $*/bin/python || $(PYTHON) -m venv --without-pip $*
	@uv pip sync --quiet --python $*/bin/python --require-hashes --no-build --compile-bytecode $<
else
	@$(PYTHON) -m venv --clear $*
	@$*/bin/python -m pip --disable-pip-version-check $(PIP)
endif
	@printf '%s/lib\n' "$$(pwd)" > "$$($*/bin/python -c 'import site; print(site.getsitepackages()[0])')/ntksgd.pth"
# matplotlib builds its cache of fonts, with a warning if slow
	@test $* = .venv-bench || $*/bin/python -c 'import matplotlib.font_manager'
	@touch $@

# --- one execution of a notebook: figures and outputs --------------------------------------------
TOOLS := tools/run_notebook.py tools/progress.py tools/notebook_files.py tools/provenance.py tools/fingerprint.py

# writes $(BUILD)/NN_name.params.json, and changes it only where a value changed
$(BUILD)/params.done: $(SOURCES) $(wildcard params/*.yaml) tools/parameters.py | $(READY)
	@$(RUN) tools/parameters.py '$(PROFILE)' '$(BUILD)'
	@touch $@

$(NAMES:%=$(BUILD)/%.ipynb): $(BUILD)/%.ipynb: notebooks/%.py $(BUILD)/%.params.json $(TOOLS) requirements.lock | $(READY)
	@$(RUN) tools/run_notebook.py $< '$(BUILD)' '$(FIGURES)'

# looked at and said each time, before the first notebook runs
ifneq ($(if $(filter default,$(PROFILE)),,estimate)$(NTKSGD_SCHEDULER),)
$(NAMES:%=$(BUILD)/%.ipynb): | build/before
.PHONY: build/before
build/before: $(BUILD)/params.done
	@$(PYTHON) tools/estimate.py --brief
	@$(if $(NTKSGD_SCHEDULER),$(RUN) tools/cluster.py check)
endif

$(BUILD)/claims.done: $(STUDIES:%=$(BUILD)/%.ipynb) tools/collect.py | $(READY)
	@$(RUN) tools/collect.py claims '$(BUILD)' '$(FIGURES)'
	@touch $@

$(BUILD)/fingerprints.done: $(NAMES:%=$(BUILD)/%.ipynb) $(BUILD)/claims.done tools/collect.py
	@$(RUN) tools/collect.py fingerprints '$(BUILD)' '$(FIGURES)'
	@touch $@

# the reading guide draws the answer, compares it with the full study, lists the works cited
$(GUIDE:%=$(BUILD)/%.ipynb): $(BUILD)/claims.done $(wildcard figures/paper/claims.csv notebooks/references.bib)

$(NAMES:%=build/default/%.installed): %.installed: %.ipynb
	@$(RUN) tools/notebook_files.py $< notebooks/$(@F:.installed=.ipynb)
	@touch $@

# --- parameters checked, dependencies of each notebook: included, so made before all else ---------
ifneq ($(filter figures notebooks build/%,$(MAKECMDGOALS)),)
ifeq ($(DRY),)
build/deps/%.d: notebooks/%.py tools/dependencies.py
	@$(CHECK_PYTHON)
	@$(PYTHON) tools/dependencies.py $< $@
include $(BUILD)/params.done $(NAMES:%=build/deps/%.d)
else
# even make -n makes what it includes: so here without rules, and only what was written to its end
WHOLE := $(shell grep -lx '\# complete' $(NAMES:%=build/deps/%.d) 2>/dev/null)
include $(WHOLE)
$(patsubst build/deps/%.d,$(BUILD)/%.ipynb,$(filter-out $(WHOLE),$(NAMES:%=build/deps/%.d))): FORCE
PARAMS := $(NAMES:%=$(BUILD)/%.params.json)
$(filter-out $(wildcard $(PARAMS)),$(PARAMS)): $(BUILD)/params.done
$(BUILD)/fingerprints.done: | $(BUILD)/params.done
# a profile edited since it was checked may change every notebook's parameters
EDITED := $(shell test params/$(PROFILE).yaml -nt $(BUILD)/params.done && echo yes)
$(if $(EDITED),$(NAMES:%=$(BUILD)/%.ipynb)): FORCE
endif
# a notebook runs again if one of its figures was deleted
$(sort $(shell for list in $(wildcard $(BUILD)/*.outputs); do while read -r file; do \
  test -e "$$file" || echo "$${list%.outputs}.ipynb"; done < "$$list"; done)): FORCE
FORCE:
endif
endif
