"""Letters about the cards that plans are charged to."""

from datetime import datetime
from uuid import UUID

from bandstand.credit import queries as credit
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.orders import links
from bandstand.orders.models import OrderLine
from bandstand.parties import queries as parties
from bandstand.payments.events import CardExpiring
from bandstand.plumbing.letters import write_letter


def hear_card_expiring(event: CardExpiring, now: datetime) -> None:
    """Tell a buyer that the card their plan is charged to ends, and how to replace it."""
    line_id = credit.plan_money(UUID(event.plan_id)).order_line_id
    line = OrderLine.objects.select_related("order").filter(pk=line_id).first()
    if line is None:
        return  # a plan that no order of this shop has
    operator = parties.operator()
    write_letter(
        key=f"card.expiring:{event.card_id}:{event.plan_id}",
        kind="plan",
        to_address=line.order.email,
        subject="The card for your plan expires soon",
        body=f"""Hello {line.order.buyer_name},

Your plan is charged to {event.words}. After that month your bank will refuse it. Save another card
on the page below: nothing is charged for it.

{line.title}, order {line.order.number}:
{links.order_address(line.order_id)}plan/{print_id(IdKind.LINE, line.id)}/

{operator.shop_name}
{operator.support_email}
""",
        about=print_id(IdKind.ORDER, line.order_id),
        now=now,
    )
