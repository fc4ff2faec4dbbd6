"""`python -m jupyter_chatcore.cli`, where the folder of programs is not in the path."""

import sys

from .main import main

sys.exit(main())
