"""The pages anyone may read.

In reading order: models, starter/ and loader, rendering (with blocks and markup), urls, views, shelf and middleware,
admin.
"""
