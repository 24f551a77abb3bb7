"""What every module stands on: permission, journal, refusals, clock, jobs, pages, tables, sheets. Knows Django; knows no module."""
