"""Open and suspend accounts, and take orders."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from video_shop.models import Account, AccountPlan, Currency, Order, Video


def open_account(session: Session, email: str, currency: Currency) -> Account:
    """Store a new account."""
    account = Account(email=email, currency=currency)
    session.add(account)
    session.commit()
    return account


def suspend_account(session: Session, account: Account) -> None:
    """Keep an account from buying and uploading."""
    account.status = "suspended"
    session.commit()


def suspended_accounts(session: Session) -> Sequence[Account]:
    """Return the accounts that are suspended."""
    return session.scalars(select(Account).where(Account.status == "suspended")).all()


def paying_accounts(session: Session) -> Sequence[Account]:
    """Return the accounts with a paid plan."""
    return session.scalars(select(Account).where(Account.plan == AccountPlan.PAID)).all()


def place_order(session: Session, account: Account, video: Video, amount_cents: int) -> Order:
    """Record that an account wants to buy a video."""
    order = Order(
        account=account, video=video, amount_cents=amount_cents, currency=account.currency
    )
    session.add(order)
    session.commit()
    return order
