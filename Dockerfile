# The program alone; PostgreSQL, Valkey and the four processes are put together in docker-compose.yml.
FROM python:3.13-slim

ENV HELPDESK_NO_VENV=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

COPY requirements-uv.txt requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
    && uv pip install --system --no-cache --require-hashes --compile-bytecode -r requirements.txt

COPY . .
RUN useradd --system --home-dir /app helpdesk \
    && install -d -o helpdesk -g helpdesk -m 0700 /data /data/media \
    && python -c "from helpdesk.catalogues import compile_stale; compile_stale()"
USER helpdesk
ENV MEDIA_ROOT=/data/media
VOLUME /data
EXPOSE 8000

CMD ["gunicorn", "helpdesk.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "8", "--timeout", "60", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
