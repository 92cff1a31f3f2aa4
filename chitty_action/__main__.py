"""`python -m chitty_action`: the same program as the action's container runs."""

import os
import signal
import sys
from contextlib import suppress

# A signal that comes while the program loads waits until it can be reported.
signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))

from chitty_action.main import main  # noqa: E402 - see above


def run() -> None:
    """Run the program and end the process with its exit code.

    At once: a thread of the HTTP library that outlives the interpreter could turn the code into a crash.
    """
    code = main(os.environ)
    with suppress(OSError):  # nobody reads any more
        sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
