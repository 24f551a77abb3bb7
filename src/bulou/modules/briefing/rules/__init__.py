"""The parts of a briefing and the figures in them, as plain values."""
