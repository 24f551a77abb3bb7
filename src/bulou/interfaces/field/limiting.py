"""How often a door may be knocked at: a bucket for each address or token, in this process's memory. Not a ledger of anything."""

from __future__ import annotations

from dataclasses import dataclass, field

from bulou.platform import clock

MOST_KEPT = 20_000


@dataclass(slots=True)
class Limit:
    """At most `burst` at once, and `per_minute` in the long run, for each key."""

    burst: int
    per_minute: float
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def allows(self, key: str) -> bool:
        """Whether one more is allowed now; it then counts."""
        now = clock.ticks()
        level, at = self._buckets.get(key, (0.0, now))
        level = max(0.0, level - (now - at) * self.per_minute / 60)
        if level + 1 > self.burst:
            return False
        if len(self._buckets) >= MOST_KEPT:
            self._buckets.clear()
        self._buckets[key] = (level + 1, now)
        return True

    def forget(self) -> None:
        """Begin anew (between tests)."""
        self._buckets.clear()
