"""How often a door may be knocked at: a bucket for each key, in the memory of each process. Guessing tokens is hopeless already (128 bits);
this keeps a broken app or a link gone astray from keeping others waiting.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bulou.platform import clock

MOST_KEPT = 20_000


@dataclass(slots=True)
class Rate:
    """At most `burst` at once, and `per_second` in the long run, for each key."""

    burst: int
    per_second: float
    _levels: dict[object, tuple[float, float]] = field(default_factory=dict)

    def allows(self, key: object) -> bool:
        """Whether one more is allowed now; if so it counts."""
        now = clock.ticks()
        level, at = self._levels.get(key, (0.0, now))
        level = max(0.0, level - (now - at) * self.per_second) + 1
        if level > self.burst:
            return False
        if len(self._levels) >= MOST_KEPT:
            self._levels.clear()
        self._levels[key] = (level, now)
        return True

    def forget(self) -> None:
        """Begin anew (between tests)."""
        self._levels.clear()


DEVICE = Rate(burst=20_000, per_second=5_000)  # one county's phones may all share a code, and sync at once
LINK = Rate(burst=30, per_second=0.5)  # a resident sends a form or two a day
# By address. A whole checkpoint shares one, so tokens that hold are never held back by it.
STRANGER = Rate(burst=600, per_second=10)
