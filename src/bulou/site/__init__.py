"""Settings, addresses and commands: the only package that sees everything."""
