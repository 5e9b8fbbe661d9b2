"""What a sweep over widths costs, said before it starts.

A plan is a list of blocks (widths, replicates): many replicates where a width is cheap, few where
it is dear, for the noise of the controlled excess falls with the width. Within a block the widths
share samples; blocks are independent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ntksgd import check

# one core of 2024, d = 2, squareplus; `make bench` prints what the machine at hand does
RATE = 400e6  # neuron-updates a second
CORES = 2  # that the wall time printed is for
LINEARISED = 2.5  # cost of a step of the linearised network, in steps of the network
KERNEL = 300  # a step of kernel SGD on the circle with 128 degrees, in neuron-updates


def neuron_updates(widths, T, replicates):
    """Cost of training: neurons updated, summed over widths, steps and replicates."""
    return sum(map(int, widths)) * int(T) * int(replicates)


@dataclass(frozen=True)
class Plan:
    """Blocks (widths, replicates) of a sweep up to T steps; also of linearised networks, if so."""

    T: int
    blocks: Sequence[tuple[Sequence[int], int]]
    linearised: bool = False

    def __post_init__(self):
        """Refuse a plan that cannot run."""
        object.__setattr__(self, "T", check.integer("T", self.T, 2))
        blocks = check.sequence("blocks", self.blocks)
        if not blocks:
            raise ValueError("blocks = (): at least one (widths, replicates) is needed")
        for block in blocks:
            if not isinstance(block, (tuple, list)) or len(block) != 2:
                raise ValueError(f"blocks: {check.short(block)} must be (widths, replicates)")
            check.widths("widths", block[0])
            check.integer("replicates", block[1], 2)

    @property
    def updates(self) -> float:
        """Neuron-updates of the whole plan, kernel SGD and linearised networks counted as such."""
        each = 1 + LINEARISED * self.linearised
        return sum(neuron_updates(widths, self.T, n) * each + KERNEL * self.T * n
                   for widths, n in self.blocks)


def budget(plans, limit, rate=RATE):
    """What plans {name: Plan} cost: a line each, and the total.

    `rate` is the number of neuron-updates a core does in a second. ValueError if the total exceeds
    `limit`, in core-seconds.
    """
    limit, rate = check.positive("limit", limit), check.positive("rate", rate)
    lines, total = [], 0.0
    for name, plan in plans.items():
        seconds = plan.updates / rate
        total += seconds
        lines.append(f"{name}: {plan.updates:.2g} neuron-updates, about {seconds:.0f} core-seconds")
    verdict = (f"total about {total:.0f} core-seconds at {rate:.2g} neuron-updates a second, "
               f"{total / CORES:.0f} s on {CORES} cores; limit {limit:.0f} core-seconds")
    if total > limit:
        raise ValueError(f"{verdict}: lower T, the widths or the replicates, or raise the limit")
    return "\n".join([*lines, verdict])
