"""`python -m chitty_action`: the same program as the action's container runs."""

import os
import signal
import sys

# A signal that comes while the program loads waits until it can be reported.
signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))

from chitty_action.main import main  # noqa: E402 - see above

sys.exit(main(os.environ))
