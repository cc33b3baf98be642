"""For the head of a page."""

from django import template

from clinic.pages.machines import full

register = template.Library()
register.filter("full_address", full)
