"""The arithmetic of networks: what a text means, layer by layer and number by number."""
