"""Who may do what, where: viewers with grants, the permission table, and the guard every view wears. Holds no tables."""
