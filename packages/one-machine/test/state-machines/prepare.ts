import { afterAll, afterEach, beforeAll } from 'vitest';
import type { StateMachines } from '../../src/state-machines/state-machines.ts';
import { openDatabase, type TestDatabase } from './database.ts';
import { type Subject, subject } from './running.ts';

/**
 * A database for the tests of the file that calls this; machines end, and executions are forgotten, with each of them. By a call
 * and not at the import: in a process that several files share, this file is read once.
 */
export function useMachines() {
  let database: TestDatabase;
  const open: StateMachines[] = [];
  beforeAll(async () => {
    database = await openDatabase();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((machines) => machines.close()));
    await database.reset();
  });
  afterAll(() => database.close());
  return {
    pool: () => database.pool,
    /** Machines that a test started by itself end with it, too. */
    closeLater: (machines: StateMachines) => void open.push(machines),
    /** Starts the machine `Subject` of these states. */
    async prepare(states: object, more: Parameters<typeof subject>[2] = {}): Promise<Subject> {
      const made = await subject(database.pool, states, more);
      open.push(made.machines);
      return made;
    },
  };
}
