import { sql } from 'kysely';
import { admitByDatabase } from '../lambdas/adapters/callers/admit-by-database.ts';
import type { Database } from '../lambdas/adapters/database.ts';
import { askedOf, dynamicPassword, sha256 } from '../lambdas/kit/api/authentication/schemes.ts';
import type { User } from '../lambdas/kit/api/authentication/users.ts';
import { verify } from '../lambdas/kit/api/authentication/verify.ts';
import { httpRequest } from '../test/support/lambda.ts';
import { startBenchDatabase } from './bench-database.ts';
import { type Benchmark, type Figure, figure, say } from './figures.ts';

const runs = 3;
const requests = 2000;
const atOnce = 8;
const limit = { perSecond: 1e6, burst: 1e6 };

/** What knowing a caller adds to a request: comparing, and the statement that counts. */
export const benchmark: Benchmark = {
  title: `Knowing a caller, ${requests.toLocaleString('en-US')} requests a run, one user`,
  async measure() {
    const database = await startBenchDatabase<unknown>();
    try {
      const alone = [database.app];
      const together = Array.from({ length: atOnce }, () => database.another());
      return [
        ...timed('comparing a password, 100 users', await measured(compare, [undefined])),
        ...timed('an empty statement', await measured(nothing, alone)),
        ...timed('the statement', await measured(count, alone)),
        ...timed(`the statement, ${atOnce} connections`, await measured(count, together)),
      ];
    } finally {
      await database.stop();
    }
  },
};

type Ask<P> = (part: P, request: string) => Promise<unknown> | unknown;

const nothing: Ask<Database<unknown>> = ({ query }) => sql`SELECT 1`.execute(query);

const count: Ask<Database<unknown>> = (database) => admitByDatabase(database, limit)({ credential: 'user mei' });

const users = Array.from({ length: 100 }, (_, index): User => {
  const tokens = [{ id: `t-${index}`, sha256: sha256(`${index}`), created: '2026-11-21T00:00:00Z', note: '' }];
  return { name: `user-${index}`, password: `password ${index}`, tokens, disabled: false, permissions: [] };
});
const timestamp = { sent: '1525568925', forms: ['1525568925', '1525568925', '1525568925.0'] } as const;
const asked = askedOf(httpRequest());
const now = new Date(Number(timestamp.sent) * 1000);

const compare: Ask<undefined> = () => {
  const user = 'user-50';
  const credential = { scheme: 'basic', user, password: dynamicPassword('password 50', timestamp.sent) } as const;
  if (!verify({ credential, timestamp, asked, now }, users)) throw new Error('The right password was refused');
};

/** Milliseconds of each request, run by run; each part asks one after the other, all parts at once. */
async function measured<P>(ask: Ask<P>, parts: readonly P[]): Promise<readonly (readonly number[])[]> {
  const all: number[][] = [];
  // The first run warms up and isn't counted.
  for (let run = 0; run <= runs; run++) {
    const times: number[] = [];
    const work = async (part: P, index: number) => {
      for (let request = 0; request < requests / parts.length; request++) {
        const began = performance.now();
        await ask(part, `${run} ${index} ${request}`);
        times.push(performance.now() - began);
      }
    };
    await Promise.all(parts.map(work));
    if (run > 0) all.push(times.sort((one, other) => one - other));
  }
  return all;
}

function timed(what: string, all: readonly (readonly number[])[]): readonly Figure[] {
  say(`  ${what}`);
  const at = (share: number) => all.map((times) => times[Math.floor(times.length * share)] ?? 0);
  return [figure(`${what}: p50`, 'ms', at(0.5)), figure(`${what}: p99`, 'ms', at(0.99))];
}
