"""Reads of the ledger, viewer first. Faces read these and nothing else; figures are core's."""
