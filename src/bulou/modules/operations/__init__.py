"""Operations: playbooks checked, previewed and applied; operations started, levelled and stood down.

It watches that what a playbook wants and what stands are the same, key by key. It knows no section: units, regimes and the rest belong to their modules.
"""
