"""How a rule is written: Rule, the subjects it hooks on, and the Context it is given."""
