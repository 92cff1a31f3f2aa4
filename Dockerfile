# The image that `uses: chittyos/chitty-action` runs.
# The base is an argument so that a mirror or a stand-in can take its place. GitHub's runner passes no arguments, so this
# default is what users get: the commit that a release tags says `python:3.13-slim-trixie@sha256:<digest>` here.
ARG BASE_IMAGE=python:3.13-slim-trixie

# Slim images ship the standard library without bytecode; every run would compile it anew. A mode that asks nobody's
# modification time, one seed and one date make two builds equal. What only people or tests use at a prompt stays out.
FROM ${BASE_IMAGE} AS bytecode
ENV PYTHONHASHSEED=0
RUN stdlib="$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
 && python -B -m compileall -q -f --invalidation-mode unchecked-hash \
      -x '/(_pyrepl|ensurepip|idlelib|pydoc_data|site-packages|test|tkinter|turtledemo|unittest)/' "$stdlib" \
 && mkdir /bytecode \
 && find "$stdlib" -name '*.pyc' -exec cp --parents --target-directory=/bytecode {} + \
 && find /bytecode -exec touch --date=@1580601600 {} +

# A second virtual environment has pip and the build tools, so that the one we ship has neither.
FROM ${BASE_IMAGE} AS builder
ENV PYTHONHASHSEED=0 SOURCE_DATE_EPOCH=1580601600
COPY requirements/build.txt requirements/runtime.txt /src/requirements/
RUN python -m venv /opt/build \
 && python -m venv --without-pip /opt/venv \
 && /opt/build/bin/python -m pip install --no-cache-dir --only-binary :all: --require-hashes \
      --requirement /src/requirements/build.txt \
 && /opt/build/bin/python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile \
      --only-binary :all: --require-hashes --requirement /src/requirements/runtime.txt
COPY LICENSE entrypoint.py pyproject.toml /src/
COPY chitty_action /src/chitty_action
# Libraries bring tests, stubs, headers and commands of their own: nothing that a run needs.
RUN /opt/build/bin/python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /dist /src \
 && /opt/build/bin/python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --no-deps \
      --no-index /dist/*.whl \
 && find /opt/venv/bin -type f -delete \
 && find /opt/venv -depth \( -name tests -o -name '*.c' -o -name '*.h' -o -name '*.pyi' \) -exec rm -r {} + \
 && python -m compileall -q --invalidation-mode unchecked-hash /opt/venv \
 && install -D --mode=644 /src/entrypoint.py /image/app/entrypoint.py \
 && cp --archive --parents /opt/venv /image \
 && find /image -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="chitty-action" \
      org.opencontainers.image.description="Registers, verifies and watches ChittyOS services from GitHub Actions" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/chittyos/chitty-action" \
      org.opencontainers.image.vendor="ChittyOS"
# To the root, because a folder that COPY makes itself would have the time of day.
COPY --from=bytecode /bytecode /
COPY --from=builder /image /
# No USER: the runner's files are root's. No WORKDIR: the runner sets it. A list, not a line: a shell would drop the inputs,
# whose names have hyphens. -I: what an earlier step put into PYTHONPATH, or left in the workspace, is never imported.
ENTRYPOINT ["/opt/venv/bin/python", "-I", "/app/entrypoint.py"]
