"""Turning what inspection found into something to look at or to keep. Returns values; never prints, never cleans.

Whatever may hold control characters (tokens, names, headers) is handed in cleaned, or with the function that cleans.
"""
