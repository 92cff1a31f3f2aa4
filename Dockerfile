# The image that `uses: chittyos/chitty-action` runs. The base is an argument so that a mirror or a digest can stand in.
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS builder
COPY requirements/build.txt requirements/runtime.txt /src/requirements/
RUN python -m venv /opt/build \
 && /opt/build/bin/python -m pip install --no-cache-dir --require-hashes -r /src/requirements/build.txt \
 && python -m venv /opt/venv \
 && /opt/venv/bin/python -m pip install --no-cache-dir --require-hashes -r /src/requirements/runtime.txt
COPY LICENSE pyproject.toml /src/
COPY chitty_action /src/chitty_action
# The build tools stay out of /opt/venv: a wheel carries the package over.
RUN /opt/build/bin/python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /dist /src \
 && /opt/venv/bin/python -m pip install --no-cache-dir --no-deps --no-index /dist/*.whl \
 && python -m compileall -q /opt/venv

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="chitty-action" \
      org.opencontainers.image.description="Registers, verifies and watches ChittyOS services from GitHub Actions" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/chittyos/chitty-action" \
      org.opencontainers.image.vendor="ChittyOS"
# Slim images ship the standard library without .pyc files; every run would compile it anew.
RUN python -c "import compileall, sysconfig, sys; sys.exit(not compileall.compile_dir(sysconfig.get_path('stdlib'), quiet=2))"
COPY --from=builder /opt/venv /opt/venv
COPY entrypoint.py /app/entrypoint.py
# No USER: the runner's files are root's. No WORKDIR: the runner sets it. -I: an earlier step's PYTHONPATH means nothing.
ENTRYPOINT ["/opt/venv/bin/python", "-I", "/app/entrypoint.py"]
