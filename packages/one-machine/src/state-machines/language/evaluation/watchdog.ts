/** Ends this process when an evaluation has had its processor time: its own thread may never look up again. */
import { workerData } from 'node:worker_threads';

const limit = workerData as Int32Array;
const everyMs = 100;

setInterval(() => {
  const { user, system } = process.cpuUsage();
  const until = Atomics.load(limit, 0);
  if (until > 0 && (user + system) / 1000 > until) process.kill(process.pid, 'SIGXCPU');
}, everyMs);
