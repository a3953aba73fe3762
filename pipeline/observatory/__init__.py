"""The static site for readers: the published version → one folder of pages, charts, a search index and downloads.

::

    queries.sql → reading (rows of one version) → catalogue (entities with their facts and quotes)
    catalogue → news, charts, listings, pages → render (Jinja2, escaped) ─┐
    catalogue → search (index as a script)                               ├→ site (a new folder, then one switch)
    version   → downloads (CSV, Parquet, JSON, dictionary)               ─┘
"""
