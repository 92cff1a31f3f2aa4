from __future__ import annotations

from chitty_action.changes.set_status import SetStatus
from chitty_action.model.change import Plan
from tests.world import STARTED, SUBJECT, about


def test_a_plan_holds_each_change_once_and_in_order() -> None:
    """The first of one key wins, because applying it twice would do what applying it once does."""
    first, again = SetStatus.active(SUBJECT, STARTED), SetStatus.active(SUBJECT, STARTED.replace(year=2027))
    other = SetStatus.active(about({"name": "beta"}), STARTED)
    assert Plan.of([first, other, again]).changes == (first, other)
    assert Plan.of([], held="dry run") == Plan((), "dry run")
