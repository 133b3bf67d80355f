"""Whether a planted fault is one: by the index, or by the mappers of the project's imported package."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ormlint.index.enums import EnumColumn
from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.linting.constructors import accepts_keyword


class IndexJudge:
    """Judges by the index; classes that it cannot fully know are no sites."""

    def __init__(self, index: ProjectIndex) -> None:
        self.index = index

    def rejects_keyword(self, mapped: MappedClass, name: str) -> bool:
        """Tell whether `Class(name=…)` is certainly not accepted."""
        constructor = mapped.constructor
        is_open = constructor.open_reason is not None or (
            constructor.kind != "custom" and mapped.open_reason is not None
        )
        return not is_open and not accepts_keyword(self.index, mapped, name)

    def lacks(self, mapped: MappedClass, name: str) -> bool:
        """Tell whether no instance of the class or of one derived from it has an attribute."""
        return not self.index.may_have(mapped, name)

    def enum_fault(self, column: EnumColumn, text: str, context: str) -> str | None:
        """Return the code of the rule that claims a string in place of a member, or None where it is no fault."""
        enum = column.enum
        if enum is None or enum.open_reason or any(value is None for value in enum.members.values()):
            return None
        if context == "instance":
            return None if enum.is_str and text in enum.members.values() else "ORM303"
        accepted = column.accepts(text)
        return None if accepted is None else "ORM301" if accepted else "ORM302"


class RuntimeJudge(IndexJudge):
    """Judges by `sqlalchemy.inspect` of the classes that another interpreter imported."""

    def __init__(self, index: ProjectIndex, python: str, modules: Sequence[str], folder: Path) -> None:
        super().__init__(index)
        command = [python, "-c", _DUMP, str(folder), *modules]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{', '.join(modules)} cannot be imported: {done.stderr.strip().splitlines()[-1:]}")
        self.classes: dict[str, list[dict[str, Any]]] = json.loads(done.stdout.splitlines()[-1])

    def _class(self, mapped: MappedClass) -> dict[str, Any] | None:
        found = [
            item
            for item in self.classes.get(mapped.symbol.facts.qualname, [])
            if mapped.symbol.module.name.endswith(item["module"]) or item["module"].endswith(mapped.symbol.module.name)
        ]
        return found[0] if len(found) == 1 else None

    def rejects_keyword(self, mapped: MappedClass, name: str) -> bool:
        """Tell whether `Class(name=…)` is not accepted, or by SQLModel dropped."""
        found = self._class(mapped)
        if found is None or found["keywords"] is None:
            return False
        return name not in (found["names"] if found["keywords"] == "attributes" else found["keywords"])

    def lacks(self, mapped: MappedClass, name: str) -> bool:
        """Tell whether the imported class and those derived from it lack an attribute."""
        heirs = [self._class(heir) for heir in self.index.subclasses(mapped)]
        return all(heir is not None and not heir["dynamic"] and name not in heir["names"] for heir in heirs)

    def enum_fault(self, column: EnumColumn, text: str, context: str) -> str | None:
        """Return the code of the rule that claims a string; the labels are those of the imported column types."""
        code = super().enum_fault(column, text, context)
        if code in ("ORM301", "ORM302") and column.enum is not None:
            labels = {
                tuple(found["enums"][name])
                for versions in self.classes.values()
                for found in versions
                for name in found["enums"]
                if found["enum_classes"][name] == column.enum.name
            }
            if labels and not any((text in known) == (code == "ORM301") or column.enum.is_str for known in labels):
                return None
        return code


_DUMP = """
import gc, importlib, inspect, json, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
import sqlalchemy as sa
from sqlalchemy.orm import Mapper, configure_mappers
configure_mappers()
found = {}
for mapper in [item for item in gc.get_objects() if isinstance(item, Mapper)]:
    cls = mapper.class_
    init = getattr(cls.__init__, "_sa_original_init", cls.__init__)
    params = inspect.signature(init).parameters.values()
    if init.__qualname__.endswith("_declarative_constructor"):
        keywords = "attributes"
    elif init.__module__.startswith("sqlmodel"):
        keywords = sorted(getattr(cls, "model_fields", {}))
    elif any(param.kind is param.VAR_KEYWORD for param in params):
        keywords = None
    else:
        keywords = [param.name for param in params]
    enums = {key: column.type for key, column in mapper.columns.items() if isinstance(column.type, sa.Enum)}
    found.setdefault(cls.__qualname__, []).append({
        "module": cls.__module__,
        "keywords": keywords,
        "names": sorted({*dir(cls), *mapper.all_orm_descriptors.keys()}),
        "dynamic": hasattr(cls, "__getattr__"),
        "enums": {key: list(kind.enums) for key, kind in enums.items()},
        "enum_classes": {key: kind.enum_class.__name__ if kind.enum_class else "" for key, kind in enums.items()},
    })
print(json.dumps(found))
"""
