"""The site: settings, the clinic's own facts, the informational pages, and what `make run` starts.

Reading order: settings.py, database.py, urls.py, practice/, pages/, staff/, admin_site.py and desk_look.py,
checks.py, management/commands/serve.py.
"""
