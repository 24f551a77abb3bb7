"""Pages of briefing."""
