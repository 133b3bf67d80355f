"""2xx: names given to models that they do not have, and names that do not do what they seem to."""
