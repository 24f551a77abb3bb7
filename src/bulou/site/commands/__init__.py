"""The commands of `bulou`, one to a file: `add_arguments(parser)` and `run(args) -> exit code`. Imported only when called."""
