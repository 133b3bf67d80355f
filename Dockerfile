# ormlint as an image: the project is mounted at /src.
FROM python:3.12-slim AS build
COPY . /ormlint
RUN python -m venv /opt/ormlint && /opt/ormlint/bin/pip install --no-cache-dir /ormlint

FROM python:3.12-slim
COPY --from=build /opt/ormlint /opt/ormlint
ENV PATH="/opt/ormlint/bin:$PATH"
WORKDIR /src
# Nobody, by number: a host that has no such name may still refuse root.
USER 65534
ENTRYPOINT ["ormlint"]
CMD ["check"]
