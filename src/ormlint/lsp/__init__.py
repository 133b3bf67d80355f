"""The language server: `ormlint server`, on pygls."""
