"""What a tier says when none of its rules matched."""
from connections import *  # noqa: F403

passes(udp(1, 2, 4000, 9))
# The first default in the order of the policies holds, behind the rules of all of them.
dies(udp(1, 2, 4000, 3))
dies(udp(1, 2, 4000, 2))
# pass leaves the tier with its defaults, and nobody else lets it in.
dies(udp(1, 2, 4000, 1))
# Nobody selects web.
dies(udp(2, 1, 4001, 9))
passes(udp(2, 1, 9, 4000))
