"""What the container runs: the program, with the process's environment. `python -m chitty_action` does the same."""

from chitty_action.__main__ import run

if __name__ == "__main__":
    run()
