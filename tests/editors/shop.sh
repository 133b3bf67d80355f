# The small project that the editors are tried on: `make_shop` writes it into the working folder.
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
