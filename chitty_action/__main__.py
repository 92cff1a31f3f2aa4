"""`python -m chitty_action`: the same program as the action's container runs."""

import os
import signal
import sys

# A signal that comes while the program loads waits until it can be reported.
signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))

from chitty_action.adapters.outlet import Outlet  # noqa: E402 - see above
from chitty_action.main import main  # noqa: E402 - see above


def run() -> None:
    """Run the program and end the process with its exit code.

    At once: a thread of the HTTP library that outlives the interpreter could turn the code into a crash.
    """
    sys.stdout = Outlet(sys.stdout)

    code = main(os.environ)
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
