"""`python -m chitty_action`: the same program as the action's container runs."""

import os
import sys

from chitty_action.main import main

sys.exit(main(os.environ))
