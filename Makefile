# Two commands: `make demo` grades real submissions, `make test` runs lint, types and all tests.
# Both set everything up in .venv first.

BIN = .venv/bin

.PHONY: demo test fuzz lint docs setup setup-test proven bench soak determinism lock messages notebooks \
    vocabulary learning-path clean

demo: setup
	$(BIN)/python -m scripts.demo

test: setup-test lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# The long proofs that tests/helpers/proven.json does not have of the files that are here, and writes it.
proven: setup
	$(BIN)/python -m tests.helpers.prove

# Evidence that was changed at random, for hours: FUZZ_EXAMPLES says how often.
fuzz: setup-test
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-100000} $(BIN)/python -m pytest tests/attacks/trusted/test_fuzz.py

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The site of the documents, in build/site. Broken links and anchors are errors.
docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: setup-test
	$(BIN)/python -m tests.benchmarks.check_against_plain_script
	$(BIN)/python -m tests.benchmarks.fit_against_plain_keras
	$(BIN)/python -m tests.benchmarks.batch_against_others
	$(BIN)/python -m tests.benchmarks.class_of_thousand
	$(BIN)/python -m tests.benchmarks.cluster_against_local
	$(BIN)/python -m tests.benchmarks.walls_against_fork
	$(BIN)/python -m tests.benchmarks.peak_memory
	$(BIN)/python -m tests.benchmarks.sealed_against_public
	$(BIN)/python -m tests.benchmarks.watch_second_check
	$(BIN)/python -m tests.benchmarks.review_of_thousand
	$(BIN)/python -m tests.benchmarks.student_loop
	$(BIN)/python -m tests.benchmarks.ci_against_plain_script

# A thousand submissions, a tenth of them hostile, and a fault at every step of a batch: most of an hour on two cores.
soak: setup-test
	$(BIN)/python -m tests.benchmarks.soak

# The same submissions a hundred times: verdicts that are equal byte for byte.
determinism: setup-test
	$(BIN)/python -m tests.benchmarks.determinism

setup: .venv/ready

setup-test: setup
	sh setup.sh browser

.venv/ready: requirements-dev.lock pyproject.toml setup.sh
	sh setup.sh packages
	touch $@

# For developers: after a change of dependencies, of messages, of a .py that has a notebook, of a check's docstring,
# of the learning path.
# Two files of one set of versions: what whoever uses the grader installs, and what is needed to work on it.
LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-header --quiet

lock: setup
	$(LOCK) --all-extras --group package --group dev --output-file requirements-dev.lock
	$(LOCK) --extra class --extra author --group package --constraint requirements-dev.lock --output-file requirements.lock

messages: setup
	$(BIN)/python -m scripts.translations

notebooks: setup
	$(BIN)/python -m grader notebooks --course .

vocabulary: setup
	$(BIN)/python -m scripts.vocabulary

learning-path: setup
	$(BIN)/python -m scripts.learning_path

clean:
	rm -rf .venv demo-reports
