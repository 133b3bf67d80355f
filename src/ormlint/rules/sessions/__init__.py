"""Rules about sessions: what they are given, and what has to be awaited."""
