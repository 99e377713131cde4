"""Picture files: reading and writing them as they came."""
