"""A draft as a revision file: the environment's own `script.py.mako`, or Alembic's."""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import alembic
from mako.template import Template  # type: ignore[import-untyped]

from ormlint.index.environments import Environment
from ormlint.schema.drafting.draft import Draft

_GENERIC = Path(alembic.__file__).parent / "templates" / "generic" / "script.py.mako"


class TemplateError(ValueError):
    """The environment's template cannot be rendered."""


@dataclass(frozen=True)
class Script:
    """A revision file that is not written yet. `path` is relative to the project's root."""

    revision: str
    path: str
    text: str


def render_script(
    root: Path, environment: Environment, draft: Draft, message: str, parent: str | None, revision: str | None = None
) -> Script:
    """Return the file of a draft.

    The id is made of what the file says, so that the same drift gives the same file.

    Raises:
        TemplateError: the environment's `script.py.mako` cannot be rendered.
    """
    identifier = revision or _identifier(parent, message, draft)
    now = datetime.datetime.now()
    own = root / environment.folder / "script.py.mako"
    template = own if own.is_file() else _GENERIC
    try:
        # The template stands in the project and is no part of the program that is read: Alembic renders it just so.
        text = Template(filename=str(template), output_encoding=None).render_unicode(
            up_revision=identifier,
            down_revision=parent,
            branch_labels=None,
            depends_on=None,
            create_date=now,
            comma=_comma,
            message=message,
            upgrades=draft.upgrade,
            downgrades=draft.downgrade,
            imports="\n".join(draft.imports),
            config=None,
        )
    except Exception as error:  # whatever the template raises
        raise TemplateError(f"{template}: it cannot be rendered: {error}") from error
    folder = _folder(environment, parent)
    name = _file_name(environment, identifier, message, now)
    return Script(identifier, f"{folder}/{name}" if folder else name, text)


def _identifier(parent: str | None, message: str, draft: Draft) -> str:
    content = "\0".join((parent or "", message, draft.upgrade, draft.downgrade))
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _folder(environment: Environment, parent: str | None) -> str:
    """Return where the file goes: beside its parent."""
    revision = environment.graph.revisions.get(parent or "")
    return revision.path.rpartition("/")[0] if revision is not None else environment.locations[0]


def _file_name(environment: Environment, identifier: str, message: str, now: datetime.datetime) -> str:
    section = environment.section
    limit = section.slug_length if section is not None else 40
    slug = "_".join(re.findall(r"\w+", message)).lower()
    if len(slug) > limit:
        slug = slug[:limit].rpartition("_")[0] + "_"
    values = {name: getattr(now, name) for name in ("year", "month", "day", "hour", "minute", "second")}
    values |= {"rev": identifier, "slug": slug, "epoch": int(now.timestamp())}
    template = (section.file_template if section is not None else "") or "%(rev)s_%(slug)s"
    return f"{template % values}.py"


def _comma(value: object) -> str:
    if not value:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
