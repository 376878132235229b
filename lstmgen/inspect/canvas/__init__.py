"""Pictures as values: lines of styled text, charts, colours, SVG and HTML. Returns them; never prints.

Whatever may hold control characters (tokens, names, headers) is handed in cleaned, or with the function that cleans.
"""
