# shellcheck shell=bash
# What the tests of editors share: a small project, and the configuration that docs/editors.md shows. `root` is the checkout.

# configuration HEADING: the first code block below a heading of docs/editors.md
configuration() {
    awk -v heading="$1" '
        $0 == heading { found = 1; next }
        found && /^#+ / { exit }
        found && /^```/ { if (inside) exit; inside = 1; next }
        inside
    ' "${root:?}/docs/editors.md" | grep . || { echo "docs/editors.md shows nothing below \"$1\"" >&2; exit 1; }
}

# make_shop: write the project into the working folder
make_shop() {
    printf '[tool.ormlint]\n' >pyproject.toml
    cat >models.py <<'PY'
from sqlalchemy import JSON, Column, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "video"

    id = Column(Integer, primary_key=True)
    tags = Column(JSON, default=[])


"😋"; Video(nope=1)
PY
}
