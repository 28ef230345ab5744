import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { type DatabaseOutage, databaseOutage } from '../support/database-outage.ts';
import { expectLoaded, type Flow, startFlow } from './flow.ts';

/** A flow whose database can go away; it keeps its directory over restarts. */
export interface DisturbedFlow {
  readonly flow: Flow;
  readonly database: DatabaseOutage;
  /** Stops the whole stack and starts it on what it left. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the stack on a directory of its own. */
export async function startDisturbedFlow(variables: Readonly<Record<string, string>>): Promise<DisturbedFlow> {
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-outage-'));
  const open = async () => {
    const flow = await startFlow(variables, directory);
    return { flow, database: databaseOutage(flow.running) };
  };
  let opened = await open();
  const close = async () => {
    await opened.flow.stop();
    await opened.database.stop();
  };
  return {
    get flow() {
      return opened.flow;
    },
    get database() {
      return opened.database;
    },
    async restart() {
      await close();
      opened = await open();
    },
    async stop() {
      await close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A publication is in, once: raw bytes, deals, problem rows, the run, and nothing left open in the ledger. */
export async function expectInOnce(flow: Flow, date: string, letters: readonly string[]): Promise<void> {
  for (const letter of letters) {
    const key = `presale/raw/${date}/${letter}.csv`;
    const bytes = await flow.published(letter);
    expect(await flow.stored(key), key).toEqual(bytes);
    await expectLoaded(flow, key, bytes);
  }
  expect(await flow.told(date)).toMatchObject({ state: 'complete' });
  expect(await flow.rows('select name, count(*)::int from local.executions group by name having count(*) > 1')).toEqual(
    [],
  );
  expect(await openFailures(flow, date), 'open failures').toEqual([]);
}

/** What the ledger still shows of a run, but for its problem rows. */
function openFailures(flow: Flow, date: string): Promise<{ source_name: string; reason: string }[]> {
  return flow.rows(
    `select source_name, reason, message from platform.failures
     where state = 'open' and source_kind <> 'file' and (input like '%' || $1 || '%' or natural_key like '%' || $1 || '%')`,
    date,
  );
}
