"""What this database is: real or exercise, of which county, fixed when it was founded; and, in an exercise, the clock's pace.

One row, never deleted. It is not a place for settings of a module.
"""
