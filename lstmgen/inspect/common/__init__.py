"""What several views measure, and the forms in which other programs read it."""
