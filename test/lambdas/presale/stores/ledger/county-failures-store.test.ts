import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recordFailures } from '../../../../../lambdas/platform/record/failure-ledger.ts';
import { countyFailures } from '../../../../../lambdas/presale/stores/ledger/county-failures-store.ts';
import { runStore } from '../../../../../lambdas/presale/stores/run-store.ts';
import type { PresaleTables } from '../../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../../support/database.ts';
import { samplePlan } from '../../plan.ts';

let database: TestDatabase<PresaleTables>;

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
});

afterAll(() => database.stop());

beforeEach(async () => {
  await sql`TRUNCATE platform.failures`.execute(database.admin.query);
});

const machine = 'arn:aws:states:ap-northeast-1:1:stateMachine:presale-run';
const plan = samplePlan({ counties: ['A', 'F'] });
const book = () => countyFailures(database.app);
const failed = (county: 'A' | 'F') => ({ county, reason: 'ServerError', message: 'The site answered 500' });

async function failures() {
  const { rows } = await sql<Record<string, unknown>>`SELECT * FROM platform.failures ORDER BY id`.execute(
    database.app.query,
  );
  return rows;
}

test('each attempt of a county that failed is a failure, told twice is once, and a replay is a run of this county', async () => {
  await book().keepRound({ plan, attempt: 1, machine, pending: ['A', 'F'] }, [failed('A'), failed('F')]);
  await book().keepRound({ plan, attempt: 1, machine, pending: ['A', 'F'] }, [failed('A'), failed('F')]);
  await book().keepRound({ plan, attempt: 2, machine, pending: ['F'] }, [failed('F')]);

  expect(await failures()).toMatchObject([
    { source_kind: 'step', source_name: 'counties', state: 'resolved', attempts: 1, changed_by: `run:${plan.run_id}` },
    { state: 'open', door: machine, input: '{"publication_date":"2022-09-11","counties":["F"]}' },
    { state: 'open', attempts: 2, reason: 'ServerError', message: 'F 新北市 of 2022-09-11: The site answered 500' },
  ]);
});

test('a later run of the same publication resolves its counties, and of no other publication', async () => {
  await book().keepRound({ plan, attempt: 1, machine, pending: ['A', 'F'] }, [failed('A'), failed('F')]);
  const other = samplePlan({ publication_date: '2022-09-21', counties: ['A', 'F'] });
  await book().keepRound({ plan: other, attempt: 1, machine, pending: ['F'] }, [failed('F')]);
  await book().keepRound(
    { plan: { ...plan, run_id: 'replay-7', counties: ['F'] }, attempt: 1, machine, pending: [] },
    [],
  );

  expect((await failures()).map(({ state }) => state)).toEqual(['open', 'resolved', 'open']);
});

const execution = (name: string) => `arn:aws:states:ap-northeast-1:1:execution:presale-run:${name}`;

/** An execution that gave up, as EventBridge tells the ledger of it. */
async function gaveUp(name: string, input: object) {
  const failure = {
    naturalKey: `execution:${execution(name)}:1669000000000`,
    workload: 'presale',
    sourceKind: 'state-machine' as const,
    sourceName: 'run',
    door: machine,
    reason: 'GaveUp',
    message: '',
    stack: undefined,
    input: JSON.stringify(input),
    attributes: {},
    occurredAt: new Date(0),
    attempts: undefined,
    replayOf: undefined,
  };
  await recordFailures(database.app.query, [failure]);
}

test('a run that is in resolves the executions of the same name that gave up, and no others', async () => {
  for (const name of ['publication-2022-09-11', 'publication-2022-09-11-2', 'publication-2022-09-01'])
    await gaveUp(name, {});
  await book().runIsIn({ ...plan, whole: true }, execution('publication-2022-09-11-3'), true);

  expect((await failures()).map(({ state }) => state)).toEqual(['resolved', 'resolved', 'open']);
});

test('a run of one county resolves no execution that wanted others, until those are in as well', async () => {
  await gaveUp('publication-2022-09-11', { publication_date: '2022-09-11' });
  await gaveUp('publication-2022-09-11-2', { publication_date: '2022-09-11', counties: ['A', 'F'] });
  await gaveUp('publication-2022-09-11-3', { publication_date: '2022-09-11', counties: ['F'] });
  const states = async () => (await failures()).map(({ state }) => state);
  const run = { ...plan, run_id: 'publication-2022-09-11-4' };
  await runStore(database.app).begin(run);

  for (const [county, expected] of [
    ['F', ['open', 'open', 'resolved']],
    ['A', ['open', 'resolved', 'resolved']],
  ] as const) {
    await runStore(database.app).keepRound(run, [{ county, state: 'empty' }], 1);
    await book().runIsIn({ ...run, counties: [county] }, execution(run.run_id), county === 'A');
    expect(await states()).toEqual(expected);
  }
  await book().runIsIn({ ...run, whole: true }, execution(run.run_id), false);
  expect(await states()).toEqual(['open', 'resolved', 'resolved']);
  await book().runIsIn({ ...run, whole: true }, execution(run.run_id), true);
  expect(await states()).toEqual(['resolved', 'resolved', 'resolved']);
});
