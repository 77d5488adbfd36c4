from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from storygen.catalogue import catalogue
from storygen.messages import Message, Request, Role, Usage
from storygen.model.wire import encoder, native, output_limit
from storygen.text.tokens import count_tokens
from storygen.writer.budget import Amount, Budget, Ceilings, worst_of

AMOUNTS = st.builds(Amount, st.integers(0, 50), st.integers(0, 50), st.just(1))
CEILINGS = st.one_of(st.none(), st.integers(0, 200))


class Spending(RuleBasedStateMachine):
    """Requests begin and end in any order; what they take is never more than what was held for them."""

    def __init__(self) -> None:
        super().__init__()
        self.budget = Budget()
        self.flying: list[Amount] = []
        self.taken = Amount()

    @initialize(ceilings=st.builds(Ceilings, CEILINGS, CEILINGS, CEILINGS))
    def begin(self, ceilings: Ceilings) -> None:
        self.budget = Budget(ceilings)

    @rule(worst=AMOUNTS)
    def send(self, worst: Amount) -> None:
        reserved = self.budget.reserve(worst)
        if reserved:
            self.budget = reserved
            self.flying.append(worst)

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def land(self, data: st.DataObject) -> None:
        worst = self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))
        used = Amount(
            data.draw(st.integers(0, worst.money)),
            data.draw(st.integers(0, worst.output_tokens)),
            data.draw(st.integers(0, 1)),
        )
        self.budget = self.budget.settle(worst, used)
        self.taken += used

    @invariant()
    def no_ceiling_is_passed(self) -> None:
        assert self.budget.ceilings.allow(self.budget.settled + self.budget.held)

    @invariant()
    def the_ledger_is_the_truth(self) -> None:
        assert (self.taken, sum(self.flying, Amount())) == (self.budget.settled, self.budget.held)


TestSpending = Spending.TestCase


def worst(text: str, model: str, *, rehearsed: bool = False) -> tuple[Request, Amount]:
    """Return a request with *text*, and the most that it can take."""
    messages = (Message(Role.SYSTEM, "Write.", cached=True), Message(Role.USER, text))
    request = Request(model, messages, max_tokens=1_000, rehearsed=rehearsed)
    row = catalogue().find(model)
    body = encoder(catalogue())(request)
    return request, worst_of(
        request, body, count_tokens(text), row=row, accepts=native(row), factor=row.factor
    )


@given(text=st.text(max_size=2_000))
def test_no_text_is_dearer_than_its_worst_case(text: str) -> None:
    request, most = worst(text, "claude-sonnet-5-5")
    row = catalogue().find(request.model)
    own = int(count_tokens(text) * row.factor)
    usage = Usage(cache_creation_input_tokens=own, output_tokens=output_limit(request, native(row)))

    assert (row.cost(usage) or 0) <= most.money


def test_the_step_of_a_price_is_in_the_worst_case() -> None:
    _, below = worst("word " * 10_000, "claude-haiku-5-5")
    _, above = worst("word " * 100_000, "claude-haiku-5-5")

    assert above.money > 5 * below.money


def test_room_to_think_is_in_the_worst_case() -> None:
    _, most = worst("Write.", "claude-sonnet-5-5")

    assert 17_000 == most.output_tokens


def test_a_rehearsal_costs_nothing_and_is_a_call() -> None:
    _, most = worst("Write.", "claude-sonnet-5-5", rehearsed=True)

    assert (0, 1) == (most.money, most.calls)
