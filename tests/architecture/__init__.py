"""The house's rules, held: checks (house), violations planted to prove them (planted), good practice that must pass
(allowed).
"""
