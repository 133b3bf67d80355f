"""Files on disk: configuration, discovery, reading, and one run over them."""
