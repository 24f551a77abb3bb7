"""What every test may use, wherever it lies: the database, the browser and the count of conformance cases."""

pytest_plugins = [
    "tests.kit.settings",
    "tests.kit.database",
    "tests.kit.words",
    "tests.kit.browser",
    "tests.kit.conformance",
    "tests.kit.vault",
    "tests.kit.cast",
]
