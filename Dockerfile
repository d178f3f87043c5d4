# The product in one container: bot, clock and sender, with the embedded Postgres under /data.
# Give it a Postgres of your own with DATABASE_URL and SECRET_KEY.
FROM python:3.12-slim

RUN useradd --create-home --uid 10001 predlagator \
    && install --directory --owner predlagator --mode 0700 /data
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt

COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY sender sender
COPY db db
RUN pip install --no-cache-dir --no-deps .

USER predlagator
ENV DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["predlagator"]
CMD ["run"]
