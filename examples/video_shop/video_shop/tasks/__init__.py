"""What the worker runs in the background."""
