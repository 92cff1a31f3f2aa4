"""`python -m chitty_action`: the same program as the action's container runs."""

import os
import signal
import sys

# A signal that comes while the program loads waits until it can be reported.
signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))
# The HTTP library's allocator, mimalloc, reads this while it loads. Else it takes pages of 2 MB and leaves most of them
# empty: 9 MB of 63 in a sweep of a thousand services, and 17 MB of 86 in one of ten thousand.
os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")

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
