"""The console: pages in a browser for the people of every role, served beside the calls of the API.

`frame/` is what all pages share; each area of work has a package of its own, with its routes in `routes.py` and its
templates in a folder of the same name under `templates/`.
"""
