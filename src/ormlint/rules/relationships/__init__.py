"""5xx: relationships and foreign keys, checked across modules."""
