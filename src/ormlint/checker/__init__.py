"""The checker: rule table, selection, suppressions, and the dispatch of subjects to rules."""
