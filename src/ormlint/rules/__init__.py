"""The rules: one folder a family, one `.py` and one `.md` a rule. Found by walking; imported by nobody by name."""
