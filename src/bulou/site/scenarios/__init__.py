"""Scenarios: the five shipped playbooks filled with made-up people in the numbers of the cases they were drawn from, and days of reporting.

For exercises, demonstrations, measurements and tests; refused in a real county's database. One seed gives one scenario. docs/scenarios.md.
"""
