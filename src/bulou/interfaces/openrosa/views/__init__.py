"""The addresses of the protocol: parse, ask collection, write XML."""
