# soar2cot with everything but Ray, as an unprivileged user. Untested where there is no Docker; tests/unit/test_packaging.py
# checks what can be checked without: that every file that is copied and every command that is run exists.
FROM python:3.12-slim AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN pip wheel --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
COPY requirements/demo.lock /tmp/demo.lock
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --require-hashes -r /tmp/demo.lock \
    && WHEEL="$(ls /wheels/*.whl)" && pip install --no-cache-dir "$WHEEL[llm,postgres,web,hub]" \
    && useradd --create-home --uid 1000 soar2cot \
    && mkdir /runs && chown soar2cot /runs
USER soar2cot
WORKDIR /home/soar2cot
VOLUME /runs
EXPOSE 8400
ENTRYPOINT ["soar2cot"]
CMD ["run", "--run-dir", "/runs/default", "--yes"]
