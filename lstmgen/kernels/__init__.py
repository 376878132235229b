"""Arrays in, arrays filled: everything that is compiled lives here and in `cells/`."""
