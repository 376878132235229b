"""Writing new text: a request is checked and completed, then the network's tokens become text piece by piece."""
