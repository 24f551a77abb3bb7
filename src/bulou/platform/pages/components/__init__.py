"""The components behind the template tags: marks, panels, texts, charts, forms. `templatetags/kit.py` is their table of contents."""
