"""`lstmgen inspect gates`: what every gate does, token by token."""
