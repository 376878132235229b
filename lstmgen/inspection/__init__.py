"""What the Python face needs of looking inside: traces of a text, what surprised a model, and by how much."""
