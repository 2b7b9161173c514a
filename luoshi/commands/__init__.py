"""The subcommands of `luoshi`, one module each: `add_arguments(parser)` and `run(args) -> int`."""
