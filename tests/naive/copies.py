"""Copies counted by trying everything: slices of lists."""


def windows(text, length):
    return [tuple(text[k : k + length]) for k in range(len(text) - length + 1)]


def occurring(text, query, length):
    known = set(windows(text, length))
    return [window in known for window in windows(query, length)]


def longest(texts, pieces, many=1):
    """The longest span that `many` of the pieces, several texts each, have in common with the texts."""
    best = 0
    for length in range(1, 1 + max((len(part) for piece in pieces for part in piece), default=0)):
        known = {window for text in texts for window in windows(text, length)}
        having = sum(any(window in known for part in piece for window in windows(part, length)) for piece in pieces)
        if having < many:
            break  # longer ones hold this one
        best = length
    return best


def new_share(texts, parts, length):
    known = {window for text in texts for window in windows(text, length)}
    asked = [window for part in parts for window in windows(part, length)]
    return sum(window not in known for window in asked) / len(asked) if asked else None
