"""Immediate reports: a suspected or confirmed case among staff or their families goes up the whole line at once, and every level has to say that
it knows (cases.md E16). It watches how long each level takes. It is no medical record and no case management."""
