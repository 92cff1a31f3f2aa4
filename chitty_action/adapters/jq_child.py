"""The child process in which a user's jq program runs: no environment, bounded processor time and memory.

Started by path with an isolated interpreter. The first line of standard input is the program as a JSON string; its
answer is one line, `null` or the compiler's complaint. Then every line is a document, as a JSON string of its text,
and is answered by one line: `{"truthy": <whether the last output is>}` or `{"error": <why>}`.
"""

import json
import os
import resource
import sys

PROCESSOR_SECONDS = 30
MEMORY_BYTES = 1024 * 1024 * 1024


def answer(value: object) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Compile the program, then answer documents until the input ends."""
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.environ.clear()  # the interpreter has put its locale there
    import jq  # after the limits, so that they hold for everything that jq does

    try:
        program = jq.compile(json.loads(sys.stdin.readline()))
    except ValueError as error:
        answer(str(error))
        return
    answer(None)
    for line in sys.stdin:
        try:
            outputs = program.input_text(json.loads(line)).all()
        except ValueError as error:
            answer({"error": str(error)})
            continue
        if not outputs:
            answer({"error": "the program gave no output"})
        else:
            answer({"truthy": outputs[-1] is not None and outputs[-1] is not False})


if __name__ == "__main__":
    main()
