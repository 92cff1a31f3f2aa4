"""What the container runs: the program, with the process's environment. `python -m chitty_action` does the same."""

import os
import sys

from chitty_action.main import main

if __name__ == "__main__":
    sys.exit(main(os.environ))
