"""Words for coded values, in templates."""

from django import template

from bulou.interfaces.situation import labels

register = template.Library()
register.filter("outcome", labels.outcome)
register.filter("reminded", labels.reminded)
