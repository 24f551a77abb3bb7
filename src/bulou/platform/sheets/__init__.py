"""Excel in and out: any layout read, mapping remembered, verdict first, never part of a row."""
