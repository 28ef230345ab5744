import { afterAll, beforeAll, expect, test } from 'vitest';
import { endTurns, pauseSite, resumeSite, takeTurns } from '../../../../lambdas/adapters/turns/polite-turns.ts';
import { silentSites } from '../../../../lambdas/platform/dependencies/silent-sites-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database.stop());

/** What doctor says of each. */
async function told() {
  const sites = await silentSites(database.url);
  return Promise.all(
    sites.map(async ({ name, probe }) => {
      const note = await probe?.(new AbortController().signal).catch((error: Error) => error.message);
      return [name, note];
    }),
  );
}

test('a site that refuses, and one that a person has stopped, are told with why and until when', async () => {
  const now = new Date('2026-11-30T10:00:00Z');
  const manners = { atOnce: 1, gapMs: 1, leaseMs: 1000 };
  const pause = { firstMs: 60_000, longestMs: 60_000 };
  for (const site of ['briefs/a', 'briefs/b', 'briefs/c'])
    await database.app.transaction(async (session) => {
      const turns = await takeTurns(session, { site, manners, most: 1, aheadMs: 1000, now });
      const outcome = { kind: 'refused', reason: 'captcha', pause } as const;
      if (site !== 'briefs/c') await endTurns(session, { site, ids: turns.map(({ id }) => id), outcome, now });
    });
  await database.app.transaction((session) => pauseSite(session, 'briefs/b', 'by mei: too many'));

  expect(await told()).toEqual([
    ['briefs/a', 'captcha; asked again from 2026-11-30T10:01:00.000Z'],
    ['briefs/b', 'Stopped: by mei: too many'],
  ]);
  await database.app.transaction((session) => resumeSite(session, 'briefs/b'));
  expect((await told()).map(([name]) => name)).toEqual(['briefs/a']);
});
