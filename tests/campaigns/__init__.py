"""Long attacks, each with a target of its own in the Makefile; what they found is in the tests, a case of a kind."""
