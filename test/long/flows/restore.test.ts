import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Restored } from '../../../lambdas/platform/exports/restore-tables.ts';
import { type Flow, startFlow } from '../../flows/flow.ts';
import { goodCells } from '../../flows/good-cells.ts';

/** What people edited through the API survives the loss of its rows: schedule -> bucket -> command. */

let flow: Flow;
const publication = '2026-09-11';
const day = '2026-11-21';
const edited = ['presale.runs', 'presale.problems', 'presale.corrections', 'platform.failures'];
let before: string[];

beforeAll(async () => {
  flow = await startFlow();
  flow.site.setToday(publication);
  await flow.run({ publication_date: publication, counties: ['A', 'W'] });
  await correctARow(0, { 備註: '更正：含車位' });
  await correctARow(1, { ...goodCells, 編號: 'RPCORRECTED' });
  await failAndDiscard();
  before = await rows();
}, 600_000);

afterAll(async () => {
  await flow?.stop();
});

async function correctARow(place: number, cells: Record<string, string>): Promise<void> {
  const [problem] = await flow.rows<{ id: string }>('select id from presale.problems order by id offset $1', place);
  const answer = await flow.ask(`/presale/problems/${problem?.id}`, {
    method: 'PUT',
    body: JSON.stringify({ cells, who: '美玲' }),
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

async function failAndDiscard(): Promise<void> {
  await flow.pool.query(`insert into platform.failures (natural_key, workload, source_kind, source_name, reason, message,
    input, attributes, occurred_at) values ('n', 'presale', 'file', 'test', 'Damaged', '壞檔', '{"a": 1,  "a": 2}',
    '{"correlation_id": "x"}', '2026-11-21 02:00:00.123456Z')`);
  const [failure] = await flow.rows<{ id: string }>("select id from platform.failures where natural_key = 'n'");
  const answer = await flow.ask(`/platform/failures/${failure?.id}/discard`, { method: 'POST', body: '{}' });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

/** A failure's mail is written a minute after it, whatever the test does meanwhile. */
async function rows(): Promise<string[]> {
  const all = await Promise.all(
    edited.map((table) =>
      flow.rows<{ text: string }>(`select (to_jsonb(t) - 'told_in')::text as text from ${table} t order by 1`),
    ),
  );
  return all.flat().map(({ text }) => text);
}

async function invoke(name: string, event: unknown): Promise<unknown> {
  const { functions } = flow.running.stack;
  const arn = functions.model(name)?.arn ?? '';
  const invocation = await functions.invoke(arn, event);
  if (!invocation.ok) throw new Error(invocation.error.errorMessage);
  return invocation.payload;
}

const restore = async (request: object) =>
  (await invoke('platform/restore-tables', { date: day, ...request })) as Restored;

test('the schedule exports what people edited, and a second start of its slot changes nothing', async () => {
  const { scheduler } = flow.running.stack.wiring;
  await scheduler.trigger('Exports-Daily-Schedule', new Date(`${day}T20:15:00Z`));
  expect(await invoke('platform/export-tables', { scheduledTime: `${day}T20:15:00Z` })).toMatchObject({
    state: 'exists',
    date: day,
  });

  expect(await flow.rows("select state from platform.slots where schedule = 'platform/export-tables'")).toEqual([
    { state: 'started' },
  ]);
  const stored = await flow.stored(`platform/exports/presale.problems/${day}/presale.problems.parquet`);
  expect(stored?.subarray(0, 4).toString()).toBe('PAR1');
});

test('rows that were destroyed come back with everything in them', async () => {
  await flow.pool.query(
    `truncate ${edited.join(', ')}, platform.replays, platform.alert_mails restart identity cascade`,
  );

  expect((await restore({})).tables.every(({ inserted, exported }) => inserted === exported)).toBe(true);
  expect(await rows()).toEqual([]);
  await restore({ dry_run: false });
  expect(await rows()).toEqual(before);
  expect(before.join()).toContain('更正：含車位');
});

test('the stack works on with what came back: the next correction has a number of its own', async () => {
  const [problem] = await flow.rows<{ id: string }>('select id from presale.problems order by id desc limit 1');
  const answer = await flow.ask(`/presale/problems/${problem?.id}`, {
    method: 'PUT',
    body: JSON.stringify({ cells: { 備註: '再次更正' } }),
  });

  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const told = await restore({ mode: 'replace' });
  expect(told.tables.map(({ table, newer, changed }) => [table, newer, changed])).toEqual(
    expect.arrayContaining([
      ['presale.problems', 0, 1],
      ['presale.corrections', 1, 0],
    ]),
  );
});

test('deals of corrected rows come back with the next run of their file, and are no news to the one after it', async () => {
  const corrected = () =>
    flow.rows(
      "select rooms, publication_date::text, withdrawn_at from presale.deals where serial_number = 'RPCORRECTED'",
    );
  const deal = { rooms: 2, publication_date: publication, withdrawn_at: null };
  expect(await corrected()).toEqual([deal]);
  await flow.pool.query('truncate presale.deals, presale.problems, presale.corrections');

  await restore({ mode: 'replace', dry_run: false });
  expect(await corrected()).toEqual([]);
  for (const _ of ['first', 'second']) {
    const run = await flow.run({ publication_date: publication, counties: ['A', 'W'] });
    expect(run, flow.running.printed()).toMatchObject({ status: 'SUCCEEDED' });
    expect(await corrected()).toEqual([deal]);
  }
  expect(await flow.rows('select from presale.problems where corrected_serial is not null')).toHaveLength(1);
});

test('what is no request is refused in words', async () => {
  await expect(restore({ dry_run: 'no', mode: 'all' })).rejects.toThrow(/^The request: mode: .+; dry_run: /);
  await expect(restore({ date: '2020-01-01' })).rejects.toThrow('There is no export of 2020-01-01.');
  await expect(restore({ tables: ['presale.deals'] })).rejects.toThrow(`The export of ${day} has no presale.deals.`);
});
