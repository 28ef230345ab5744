import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seasonRange } from '../../../../lambdas/presale/contract.ts';
import type { CountyLetter } from '../../../../lambdas/presale/publication/counties.ts';
import { seasonPlanner } from '../../../../lambdas/presale/stores/backfill-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database?.stop());

beforeEach(async () => {
  await sql`TRUNCATE presale.runs, presale.county_runs CASCADE`.execute(database.admin.query);
});

/** A run of season 111S3 as its plan and its states write it. */
async function ran(state: 'running' | 'complete' | 'failed', counties: Partial<Record<CountyLetter, string>>) {
  await sql`
    INSERT INTO presale.runs (name, run_id, publication_date, season, counties, asked, state, started_at)
    VALUES ('111S3', 'season-111S3', '2022-07-02', '111S3', ${Object.keys(counties)}, ${Object.keys(counties)}, ${state}, now())
    ON CONFLICT (name) DO UPDATE SET counties = excluded.counties, asked = excluded.asked, state = excluded.state`.execute(
    database.app.query,
  );
  for (const [letter, became] of Object.entries(counties)) {
    if (became === 'on its way') continue;
    await sql`
      INSERT INTO presale.county_runs (run_name, letter, county, run_id, state, updated_at)
      VALUES ('111S3', ${letter}, ${letter}, 'season-111S3', ${became}, now())`.execute(database.app.query);
  }
}

async function toStart(counties?: CountyLetter[], again = false): Promise<number> {
  const ports = { counties: ['A', 'F', 'W'] as const, door: 'arn:aws:states:x:1:stateMachine:m', send: async () => {} };
  const request = seasonRange.parse({ from: '111S3', to: '111S3', counties, again, dry_run: true });
  const { estimate } = await seasonPlanner(database.app, ports)(['111S3'], request, 'tester');
  return (estimate as { to_start: number }).to_start;
}

test('a season of which some counties have run has not run', async () => {
  await ran('complete', { F: 'loaded', W: 'empty' });

  expect(await toStart()).toBe(1);
  expect(await toStart(['F', 'A'])).toBe(1);
  expect(await toStart(['F', 'W', 'F'])).toBe(0);
});

test('it has run once every county is in, whichever runs brought them', async () => {
  await ran('complete', { F: 'loaded' });
  await ran('complete', { A: 'loaded', W: 'empty' });

  expect(await toStart()).toBe(0);
  expect(await toStart(undefined, true)).toBe(1);
});

test('a county that failed is not in, and those beside it are', async () => {
  await ran('failed', { A: 'loaded', F: 'failed', W: 'loaded' });

  expect(await toStart()).toBe(1);
  expect(await toStart(['A', 'W'])).toBe(0);
});

test('a run that is at all of them counts, one of some doesn’t', async () => {
  await ran('running', { F: 'on its way', W: 'on its way' });

  expect(await toStart(['W'])).toBe(0);
  expect(await toStart()).toBe(1);
});
