"""The same work by Celery and Redis: what bench/tasks/tasks.ts measures of ours, with the same words and the same text.

    celery_baseline.py <redis url> <tasks one by one> <tasks at once> <content>

Settings as a careful team has them: two prefork workers (as many as the machine has cores), acknowledged late, so that a
worker that dies loses nothing, results and starts kept in Redis. Prints one line of JSON.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter

from celery import Celery

BROKER = os.environ.get("BASELINE_REDIS", sys.argv[1] if len(sys.argv) > 1 else "")
WARM_UP = 50

app = Celery("celery_baseline", broker=f"{BROKER}/0", backend=f"{BROKER}/1")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_track_started=True,
    worker_prefetch_multiplier=4,
    broker_connection_retry_on_startup=True,
)


@app.task(name="word_count")
def word_count(content):
    # Clocks of one machine: when it began, in seconds.
    return {"started": time.time(), "counts": Counter(content.split())}


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def start_worker():
    here = os.path.dirname(os.path.abspath(__file__))
    command = [sys.executable, "-m", "celery", "-A", "celery_baseline", "worker", "--pool", "prefork",
               "--concurrency", "2", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"]
    worker = subprocess.Popen(command, cwd=here, env={**os.environ, "BASELINE_REDIS": BROKER},
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.time() + 60
    while not app.control.ping(timeout=0.5):
        if time.time() > until or worker.poll() is not None:
            raise SystemExit("The Celery worker has not started")
    return worker


def one_by_one(count, content):
    submits, starts, ends = [], [], []
    for _ in range(count):
        before = time.time()
        task = word_count.delay(content)
        submitted = time.time()
        started = task.get(timeout=30, interval=0.001)["started"]
        ended = time.time()
        submits.append((submitted - before) * 1000)
        starts.append((started - before) * 1000)
        ends.append((ended - before) * 1000)
    return {
        "submit_p50": percentile(submits, 0.5), "submit_p99": percentile(submits, 0.99),
        "started_p50": percentile(starts, 0.5), "started_p99": percentile(starts, 0.99),
        "ended_p50": percentile(ends, 0.5),
    }


def at_once(count, content):
    began = time.time()
    tasks = [word_count.delay(content) for _ in range(count)]
    # By the workers' clock: fetching the results afterwards is no part of it.
    last = max(task.get(timeout=120, interval=0.01)["started"] for task in tasks)
    return {"per_second": count / (last - began)}


def main():
    _, _, single, many, content = sys.argv
    worker = start_worker()
    try:
        one_by_one(WARM_UP, content)
        figures = {**one_by_one(int(single), content), **at_once(int(many), content)}
    finally:
        worker.terminate()
        worker.wait()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
