"""Work done beside the pages, from a queue in PostgreSQL. The queue only wakes; what is due is decided from the clock."""
