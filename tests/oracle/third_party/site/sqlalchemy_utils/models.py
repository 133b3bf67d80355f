"""Stands in for a mixin and a class decorator."""

from datetime import datetime

import sqlalchemy as sa


class Timestamp:
    created = sa.Column(sa.DateTime, default=datetime.now, nullable=False)
    updated = sa.Column(sa.DateTime, default=datetime.now, nullable=False)


@sa.event.listens_for(Timestamp, "before_update", propagate=True)
def timestamp_before_update(mapper, connection, target):
    target.updated = datetime.now()


def generic_repr(*fields):
    return fields[0]
