# Every target sets itself up; needs only python3 >= 3.11. Without make: python3 tools/bootstrap.py TARGET
PYTHON ?= python3
TARGETS := demo test quick lint bench chaos soak lock set-up

.PHONY: help $(TARGETS)
help:
	@$(PYTHON) tools/bootstrap.py help

$(TARGETS):
	@$(PYTHON) tools/bootstrap.py $@ $(ARGS)
