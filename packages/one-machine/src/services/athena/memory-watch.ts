/** Ends the process when it takes more memory than it may; a thread, for the process's own may have no time to look. */
import { mostMegabytes, tooMuchMemory } from './duck-child.ts';

// In less a process fills some hundred MB more.
const everyMs = 50;

setInterval(() => {
  if (process.memoryUsage.rss() > mostMegabytes * 1024 * 1024) process.kill(process.pid, tooMuchMemory);
}, everyMs);
