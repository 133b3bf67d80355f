"""Names by a star."""

from sqlalchemy import *  # noqa: F403
from sqlalchemy.orm import *  # noqa: F403

Base = declarative_base()  # noqa: F405


class Starred(Base):
    __tablename__ = "starred"
    id = Column(Integer, primary_key=True)  # noqa: F405
    name = Column(String(9), server_default=text("'x'"), index=True)  # noqa: F405
    at = Column(DateTime(timezone=True), server_default=func.now())  # noqa: F405
    owner_id = Column(ForeignKey("starred.id", ondelete="CASCADE"))  # noqa: F405
    owner = relationship("Starred", remote_side=[id], backref="owned")  # noqa: F405
    __table_args__ = (CheckConstraint("id > 0"), UniqueConstraint("name", "at"))  # noqa: F405
