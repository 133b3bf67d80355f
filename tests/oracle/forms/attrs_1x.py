"""Classes of `attrs` and of the standard library's dataclasses that a registry maps."""

import dataclasses

import attr
from attr import define
from sqlalchemy import Column, Integer, String, Table
from sqlalchemy.orm import registry

reg = registry()


@define(slots=False)
class Defined:
    id: int = attr.ib(init=False)
    name: str = "x"


defined = Table("defined", reg.metadata, Column("id", Integer, primary_key=True), Column("name", String(9)))
reg.map_imperatively(Defined, defined)


@reg.mapped
@dataclasses.dataclass
class Parent:
    __table__ = Table(
        "parent", reg.metadata, Column("id", Integer, primary_key=True), Column("a", Integer), Column("b", Integer)
    )
    id: int = dataclasses.field(init=False)
    a: int = 0
    left: dataclasses.InitVar[int] = 3

    def __post_init__(self, left):
        self.b = left


@dataclasses.dataclass
class Imperative:
    a: int = 1


imperative = Table(
    "imperative", reg.metadata, Column("id", Integer, primary_key=True), Column("a", Integer), Column("c", Integer)
)
reg.map_imperatively(Imperative, imperative)
