"""What the container runs: the program, with the process's environment. `python -m chitty_action` does the same."""

import os
import signal
import sys

# A signal that comes while the program loads waits until it can be reported.
signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))

from chitty_action.main import main  # noqa: E402 - see above

if __name__ == "__main__":
    sys.exit(main(os.environ))
