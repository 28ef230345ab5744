import { describe, expect, test } from 'vitest';
import {
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  PermanentError,
  TooManyRequestsError,
  TransientError,
} from '../../../lambdas/kit/errors.ts';
import {
  type AskedQuery,
  ask,
  faultOf,
  mayAskAll,
  type QueryEngine,
  queryLimits,
  tell,
} from '../../../lambdas/platform/query/query.ts';

const now = new Date('2026-11-30T10:00:00Z');
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000);

/** What an engine says of its questions, and what it was told. */
function engineOf(queries: readonly AskedQuery[]) {
  const told: string[] = [];
  const engine: QueryEngine = {
    start: async (sql) => {
      told.push(`start ${sql}`);
      return 'new';
    },
    find: async (id) => queries.find((query) => query.id === id),
    recent: async () => queries,
    rows: async () => ({ columns: [{ name: 'n', type: 'bigint' }], rows: [['1']], isCut: false }),
    stop: async (id) => void told.push(`stop ${id}`),
  };
  return { engine, told };
}

const query = (id: string, rest: Partial<AskedQuery> = {}): AskedQuery => ({
  id,
  sql: 'SELECT 1',
  state: 'running',
  reason: undefined,
  asked: secondsAgo(5),
  ended: undefined,
  scannedBytes: 0,
  ...rest,
});

describe('a text', () => {
  test.for([
    'SELECT 1',
    '  select * from deals;  ',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    '(SELECT 1) UNION (SELECT 2)',
    '-- a comment; with a semicolon\nSELECT \';\', "a;b" /* ; */ FROM deals',
    "SELECT 'it''s; fine'",
    'VALUES (1), (2)',
    "SELECT 'DROP TABLE deals'",
  ])('that asks is let through: %s', (sql) => expect(faultOf(sql)).toBeUndefined());

  test.for([
    ['', /missing/],
    [' ; ', /missing/],
    ['-- only a comment', /missing/],
    ['SELECT 1; SELECT 2', /One query at a time/],
    ["SELECT 1; COPY deals TO '/tmp/x'", /One query at a time/],
    ["COPY deals TO '/tmp/x'", /not COPY/],
    ["ATTACH '/tmp/x.db'", /not ATTACH/],
    ['INSTALL httpfs', /not INSTALL/],
    ['/* x */ DROP TABLE deals', /not DROP/],
    ["UNLOAD (SELECT 1) TO 's3://elsewhere/'", /not UNLOAD/],
    ['INSERT INTO deals SELECT 1', /not INSERT/],
    ['deals', /not DEALS/],
    ['🦆', /Only SELECT/],
  ] as const)('that does more, or nothing, is refused with the reason: %s', ([sql, reason]) =>
    expect(faultOf(sql)).toMatch(reason),
  );

  test('of long unfinished comments and quotes is read at once', () => {
    expect(faultOf(`SELECT ${'/*'.repeat(10_000)}`)).toBeUndefined();
    expect(faultOf(`SELECT ${"'".repeat(19_999)}`)).toBeUndefined();
  });
});

describe('asking', () => {
  test('starts the query', async () => {
    const { engine, told } = engineOf([query('a', { state: 'succeeded' }), query('b')]);

    expect(await ask('SELECT 2', engine, now)).toBe('new');
    expect(told).toEqual(['start SELECT 2']);
  });

  test('stops queries first that were not polled for too long', async () => {
    const old = { asked: secondsAgo(queryLimits.seconds + 1) };
    const { engine, told } = engineOf([query('a', old), query('b', old), query('c', old)]);
    await ask('SELECT 2', engine, now);

    expect(told).toEqual(['stop a', 'stop b', 'stop c', 'start SELECT 2']);
  });

  test('is refused while as many as may are being answered', async () => {
    const { engine, told } = engineOf(['a', 'b', 'c'].map((id) => query(id)));

    await expect(ask('SELECT 2', engine, now)).rejects.toThrow(TooManyRequestsError);
    expect(told).toEqual([]);
  });

  test('what is no query starts nothing', async () => {
    const { engine, told } = engineOf([]);

    await expect(ask('DROP TABLE deals', engine, now)).rejects.toThrow(InvalidInputError);
    expect(told).toEqual([]);
  });

  test('what the engine refuses at once is refused with its words; a fault of its own is not', async () => {
    const refusing = (error: Error) => ({ ...engineOf([]).engine, start: () => Promise.reject(error) });
    const wrong = refusing(new PermanentError("Athena refused: line 1:8: mismatched input 'FORM'"));

    await expect(ask('SELECT * FORM deals', wrong, now)).rejects.toThrow(InvalidInputError);
    await expect(ask('SELECT * FORM deals', wrong, now)).rejects.toThrow(/line 1:8/);
    await expect(ask('SELECT 1', refusing(new TransientError('away')), now)).rejects.toThrow(TransientError);
  });
});

describe('a query that is looked at', () => {
  test('has its rows once it has succeeded', async () => {
    const { engine } = engineOf([query('a', { state: 'succeeded', ended: now })]);

    expect(await tell('a', engine, now)).toMatchObject({ state: 'succeeded', rows: [['1']], isCut: false });
  });

  test('is stopped when it takes too long, and says so then and later', async () => {
    const asked = secondsAgo(queryLimits.seconds + 1);
    const { engine, told } = engineOf([query('a', { asked }), query('b', { asked, state: 'stopped', ended: now })]);

    for (const id of ['a', 'b'])
      expect(await tell(id, engine, now)).toMatchObject({ state: 'stopped', reason: expect.stringMatching(/60 s/) });
    expect(told).toEqual(['stop a']);
  });

  test.for([
    ['CONSTRAINT_VIOLATION: For the injected projected partition column tenant, the WHERE clause', /^Say whose rows/],
    ['Bytes scanned limit was exceeded', /^It would read more/],
    ["COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved", /^COLUMN_NOT_FOUND/],
  ] as const)('that failed says what to do, with the words of the engine: %s', async ([reason, told]) => {
    const { engine } = engineOf([query('a', { state: 'failed', reason, ended: now })]);
    const found = await tell('a', engine, now);

    expect(found.reason).toMatch(told);
    expect(found.reason).toContain(reason);
  });

  test('that is not there is not found', async () => {
    await expect(tell('z', engineOf([]).engine, now)).rejects.toThrow(NotFoundError);
  });

  test('whose answer is not kept any more is not found', async () => {
    const { engine } = engineOf([query('a', { state: 'succeeded', ended: now })]);

    await expect(tell('a', { ...engine, rows: async () => undefined }, now)).rejects.toThrow(NotFoundError);
  });
});

test('who works for some tenants alone may not ask over all', () => {
  const caller = { name: 'mei', scheme: 'bearer', permissions: ['operate'] } as const;

  expect(() => mayAskAll(caller)).not.toThrow();
  expect(() => mayAskAll({ ...caller, tenants: ['shop'] })).toThrow(ForbiddenError);
});
