"""Settle orders when the payment provider reports them as paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from video_shop.models import AccountPlan, Order, OrderStatus


def settle_order(session: Session, order: Order) -> None:
    """Record a payment. See `Order.status`: nothing here, or anywhere, moves it on."""
    order.paid_at = datetime.now(timezone.utc)
    order.account.plan = AccountPlan.PAID
    session.commit()


def open_orders(session: Session) -> Sequence[Order]:
    """Return the orders that wait for their payment."""
    return session.scalars(select(Order).where(Order.status == OrderStatus.PENDING)).all()
