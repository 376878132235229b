"""`python -m lstmgen` is the command line."""

import sys

from lstmgen.cli import main

sys.exit(main())
