"""The index against SQLAlchemy itself: installed packages are indexed and imported, and both must agree."""
