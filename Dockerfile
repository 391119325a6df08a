# One image for every process of ours: the command says which (`carepath worker flow`, `carepath api`, ...).
FROM python:3.11-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 carepath

WORKDIR /carepath
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY . .
RUN printf '#!/bin/sh\nexec python -m cli "$@"\n' > /usr/local/bin/carepath \
 && chmod 755 /usr/local/bin/carepath \
 && install -d -o carepath /var/lib/carepath /var/lib/carepath-seals
ENV PYTHONPATH=/carepath PYTHONUNBUFFERED=1
USER carepath
ENTRYPOINT ["carepath"]
