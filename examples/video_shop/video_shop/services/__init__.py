"""What the endpoints call: each function takes the session of the request."""
