import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** One run of a task's function, as the world outside sees it. */
export interface SeenRun {
  readonly begun: number;
  /** `undefined` where the run never came to its end: its process was killed, or it threw. */
  ended: number | undefined;
}

/** The world outside: a server that functions under test tell what they do, so that it can be counted. */
export interface Effects {
  readonly url: string;
  /** By task id. */
  readonly runs: ReadonlyMap<string, readonly SeenRun[]>;
  stop(): Promise<void>;
}

interface Told {
  readonly task: string;
  /** Which run ended; none says that one begins. */
  readonly run?: number;
}

/** Answers each beginning with the run's number, from 0, and remembers beginnings and ends in their order. */
export async function startEffects(): Promise<Effects> {
  const runs = new Map<string, SeenRun[]>();
  let moment = 0;
  const server = http.createServer(async (request, response) => {
    const { task, run } = (await json(request)) as Told;
    const known = runs.get(task) ?? [];
    runs.set(task, known);
    moment += 1;
    const ending = run === undefined ? undefined : known[run];
    if (ending) ending.ended = moment;
    else known.push({ begun: moment, ended: undefined });
    response.end(JSON.stringify({ run: run ?? known.length - 1 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    runs,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whether two runs went on at the same time; one that never ended is over when the next begins. */
export function overlap(runs: readonly SeenRun[]): boolean {
  return runs.some((run, index) => {
    const next = runs[index + 1];
    return next !== undefined && run.ended !== undefined && run.ended > next.begun;
  });
}
