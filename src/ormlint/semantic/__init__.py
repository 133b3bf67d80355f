"""Types and inference: where instances of mapped classes flow, and the one object a rule asks."""
