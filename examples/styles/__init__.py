"""One file for each declarative style. A package, so that two of the files may bear the names of
the libraries they show: import them as `styles.sqlmodel`, never with this folder on `sys.path`."""
