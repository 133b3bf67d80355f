"""Targets and sides of relationships: by annotation, by argument, against the annotation, of each lazy."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional, Set

from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import (
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    WriteOnlyMapped,
    attribute_keyed_dict,
    backref,
    foreign,
    mapped_column,
    relationship,
    remote,
)

if TYPE_CHECKING:
    from nowhere import Unseen


class Base(DeclarativeBase):
    pass


pairs = Table("pairs", Base.metadata, Column("left", ForeignKey("parent.id")), Column("right", ForeignKey("parent.id")))


class Parent(Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    favourite_id: Mapped[Optional[int]] = mapped_column(ForeignKey("child.id", use_alter=True, name="fk_favourite"))
    children: Mapped[List[Child]] = relationship(back_populates="parent", foreign_keys="Child.parent_id")
    as_set: Mapped[Set["Child"]] = relationship(viewonly=True, foreign_keys="[Child.parent_id]")
    by_id: Mapped[dict[int, Child]] = relationship(
        viewonly=True, collection_class=attribute_keyed_dict("id"), foreign_keys="Child.parent_id"
    )
    scalar: Mapped[Optional[Child]] = relationship(viewonly=True, foreign_keys="Child.parent_id")
    favourite: Mapped[Optional[Child]] = relationship(foreign_keys=[favourite_id], post_update=True)
    written: WriteOnlyMapped[Child] = relationship(viewonly=True, foreign_keys="Child.parent_id")
    dynamic: DynamicMapped[Child] = relationship(viewonly=True, foreign_keys="Child.parent_id")
    lefts: Mapped[list[Parent]] = relationship(
        secondary=pairs, primaryjoin=id == pairs.c.left, secondaryjoin=id == pairs.c.right, backref="rights"
    )
    by_name = relationship("Child", foreign_keys="Child.parent_id", viewonly=True, lazy="selectin")
    by_function = relationship(lambda: Child, foreign_keys=lambda: Child.parent_id, viewonly=True)
    by_module = relationship("relationships_2x.Child", foreign_keys="Child.parent_id", viewonly=True)
    one = relationship("Child", foreign_keys="Child.parent_id", viewonly=True, uselist=False)


class Child(Base):
    __tablename__ = "child"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey(Parent.id))
    other_id = mapped_column(Integer)
    parent: Mapped[Parent] = relationship(back_populates="children", foreign_keys=[parent_id])
    also: Mapped["Parent"] = relationship(foreign_keys=[parent_id], viewonly=True)
    without_key: Mapped[Optional[Parent]] = relationship(
        primaryjoin=lambda: foreign(Child.other_id) == remote(Parent.id), viewonly=True
    )
    given: Mapped[Child] = relationship(Parent, foreign_keys=[parent_id], viewonly=True)
    made = relationship(
        Parent, primaryjoin="foreign(Child.other_id) == Parent.id", backref=backref("made_by", lazy="dynamic")
    )


class Grandchild(Base):
    __tablename__ = "grandchild"
    id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True)
    child: Mapped[Child] = relationship(backref=backref("grandchild", uselist=False))
    parents: Mapped[list[Parent]] = relationship(
        secondary="child",
        primaryjoin="Grandchild.id == Child.id",
        secondaryjoin="Child.parent_id == Parent.id",
        viewonly=True,
    )
