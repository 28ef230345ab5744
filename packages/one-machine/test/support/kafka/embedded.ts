import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../../src/services/free-port.ts';
import type { BrokerUnderTest } from './broker-under-test.ts';

/** The embedded broker in a process of its own, so that it can be killed. */
export interface EmbeddedBroker extends BrokerUnderTest {
  readonly directory: string;
  /** What the last start cut off. */
  cutBytes(): number;
}

export async function startEmbedded(): Promise<EmbeddedBroker> {
  const directory = await mkdtemp(path.join(tmpdir(), 'one-machine-embedded-'));
  const port = String(await freePort());
  let { child, started } = await start(directory, port);
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    brokers: started.address,
    directory,
    cutBytes: () => started.cutBytes,
    async restart(signal) {
      await end(signal);
      ({ child, started } = await start(directory, port));
    },
    async stop() {
      await end('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Started {
  readonly address: string;
  readonly cutBytes: number;
}

async function start(directory: string, port: string): Promise<{ child: ChildProcess; started: Started }> {
  const child = fork(new URL('./embedded-process.ts', import.meta.url), [directory, port]);
  const [started] = (await Promise.race([once(child, 'message'), ended(child)])) as [Started];
  if (!started.address.endsWith(`:${port}`)) throw new Error(`Somebody took port ${port} from the broker`);
  return { child, started };
}

async function ended(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`The broker ended with ${String(code)}`);
}
