import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a function that never lets go ends with its worker', async () => {
  const program = path.join(import.meta.dirname, 'lonely-worker.ts');
  const worker = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // The function tells its process in the place of a percentage.
  const [said] = (await once(worker.stdout, 'data')) as [Buffer];
  const pid = Number(said.toString());
  expect(isThere(pid)).toBe(true);

  worker.kill('SIGKILL');
  for (const until = Date.now() + 60_000; isThere(pid) && Date.now() < until; ) await sleep(100);
  expect(isThere(pid)).toBe(false);
}, 600_000);
