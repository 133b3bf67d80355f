"""Stands in for a package of mixins that re-exports its modules."""

from advanced_alchemy.mixins.audit import AuditColumns
from advanced_alchemy.mixins.keys import BigIntPrimaryKey, SlugKey, UUIDPrimaryKey

__all__ = ("AuditColumns", "BigIntPrimaryKey", "SlugKey", "UUIDPrimaryKey")
