"""4xx: columns and the classes that hold them."""
