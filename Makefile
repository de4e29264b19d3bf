# make demo      set up, then translate real photos into all ten dishes
# make test      set up, then run the tests
# make install   set up the active environment (a notebook, a cluster) instead of .venv
# make docs      set up, then build the documentation in build/docs (Python 3.11 or newer)
# make notebook  run experiments/demo.ipynb and keep its outputs in it
# make clean     remove what the above have made
#
# make repository URL=https://github.com/OWNER/NAME
#                fill in the address of the repository wherever REPOSITORY_URL stands for it
#
# Each takes PYTHON=python3.13 to name another interpreter: Python 3.9 to 3.13, default python3.

PYTHON ?= python3
VENV := .venv/bin/python
RECIPE := setup.py pyproject.toml constraints.txt chainer_foodgan/bootstrap.py Makefile

# .venv belongs to one interpreter and one place: it is made anew when either has changed.
KEY := $(shell $(PYTHON) -c 'import os, sys; print(sys.version.split()[0], os.getcwd())')

# pip up to 25.2 hands PIP_CONSTRAINT on to builds, later ones PIP_BUILD_CONSTRAINT.
# Chainer first: for ChainerCV's requirement of it, too, pip alone has no build.
install = export PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
                 PIP_DISABLE_PIP_VERSION_CHECK=1; \
    $(1) -m chainer_foodgan.bootstrap $(3) && \
    $(1) -m pip install -q --use-pep517 -e "$(2)"

.PHONY: demo test docs notebook install clean repository venv
.DELETE_ON_ERROR:

demo: .venv/demo
	$(VENV) -m chainer_foodgan translate pretrained/photos/*_1.jpg --to all \
	    --grid demo/grid.png
	@echo "The photos and all their dishes: $(CURDIR)/demo/grid.png"

test: .venv/test
	$(VENV) -m pytest

docs: .venv/docs
	rm -rf build/docs build/doctrees
	$(VENV) -m sphinx -q -W --keep-going -d build/doctrees docs build/docs
	@echo "The documentation: $(CURDIR)/build/docs/index.html"

notebook: .venv/test
	$(VENV) .ci/notebook.py

# Colab's addresses have the owner and the name alone.
repository:
	@test -n "$(URL)" || { echo "name the address: make repository URL=https://github.com/OWNER/NAME"; exit 1; }
	git grep -l REPOSITORY_URL -- . ':!Makefile' ':!tests' | xargs perl -pi \
	    -e 's#(google.com/github/)REPOSITORY_URL#$$1$(patsubst https://github.com/%,%,$(URL))#;' \
	    -e 's#REPOSITORY_URL#$(URL)#g'

install:
	$(call install,$(PYTHON),.[experiments])

clean:
	rm -rf .venv build demo dist *.egg-info

venv: .venv/made-for

.venv/demo: .venv/made-for $(RECIPE)
	$(call install,$(VENV),.)
	touch $@

.venv/test: .venv/made-for $(RECIPE)
	$(call install,$(VENV),.[test],chainercv)
	touch .venv/demo $@

.venv/docs: .venv/test
	@$(VENV) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "The documentation is built by Python 3.11 or newer: make docs PYTHON=python3.13"; exit 1; }
	$(call install,$(VENV),.[docs])
	touch $@

ifneq ($(KEY),$(shell cat .venv/made-for 2>/dev/null))
.PHONY: .venv/made-for
endif
.venv/made-for:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 9) <= sys.version_info < (3, 14))' || { \
	    echo "$(PYTHON) is not Python 3.9 to 3.13: name one, as in make test PYTHON=python3.13"; \
	    exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$(PYTHON) cannot make virtual environments: install its venv module" \
	         "(Debian, Ubuntu: apt install python3-venv) or name another PYTHON"; exit 1; }
	rm -rf .venv
	$(PYTHON) -m venv .venv
	echo '$(KEY)' > $@
