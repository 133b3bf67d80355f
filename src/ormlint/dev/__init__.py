"""Tools for those who work on ormlint: generated documents, new rules, runs over real projects."""
