"""Keys and encryption: a key ring outside the database, values bound to their record, blind indexes for finding."""
