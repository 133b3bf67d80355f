"""3xx: values that meet enum columns."""
