import { expect, test } from 'vitest';
import { UnavailableError } from '../../../lambdas/kit/errors.ts';
import {
  checkDependencies,
  type Dependency,
  type WaitedSites,
} from '../../../lambdas/platform/dependencies/check-dependencies.ts';

const clock = () => new Date();

function dependency(name: string, probe: Dependency['probe'], required = true): Dependency {
  return { kind: 'thing', name, required, without: `No ${name}.`, probe };
}

/** What was told of each, by name. */
async function told(
  dependencies: readonly Dependency[],
  options: { readonly limitMs?: number; readonly waited?: WaitedSites } = {},
) {
  const { status, body } = await checkDependencies(dependencies, clock, options);
  const page = body as { status: string; dependencies: { name: string; state: string; note: string | null }[] };
  return { status, said: page.status, rows: page.dependencies.map(({ name, state, note }) => [name, state, note]) };
}

test('one that never answers is left after the limit, with the others told', async () => {
  const signals: AbortSignal[] = [];
  const hangs = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<never>(() => undefined);
  };

  expect(
    await told([dependency('deaf', hangs), dependency('well', async () => ({ note: 'fine' }))], { limitMs: 100 }),
  ).toEqual({
    status: 503,
    said: 'failing',
    rows: [
      ['deaf', 'unreachable', 'No answer within 0.1 s'],
      ['well', 'reachable', 'fine'],
    ],
  });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

test('many that hang take as long as one: all are asked before the first is given up', async () => {
  let asked = 0;
  const askedAtTheFirstEnd: number[] = [];
  const hangs = (signal: AbortSignal) => {
    asked += 1;
    signal.addEventListener('abort', () => askedAtTheFirstEnd.push(asked));
    return new Promise<never>(() => undefined);
  };

  await told(
    Array.from({ length: 20 }, (_, index) => dependency(String(index), hangs)),
    { limitMs: 200 },
  );

  expect(askedAtTheFirstEnd[0]).toBe(20);
});

test('what fails says why, down to its cause', async () => {
  const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
  const fails = async () => {
    throw new UnavailableError('The database is not reachable', { cause: refused });
  };

  expect((await told([dependency('database', fails)])).rows).toEqual([
    ['database', 'unreachable', 'The database is not reachable: ECONNREFUSED'],
  ]);
});

test('a probe that throws before it waits, or throws no error, is told as well', async () => {
  const atOnce = () => {
    throw new TypeError('No such bucket name');
  };

  expect((await told([dependency('a', atOnce), dependency('b', () => Promise.reject('odd'))])).rows).toEqual([
    ['a', 'unreachable', 'No such bucket name'],
    ['b', 'unreachable', 'It failed without a reason'],
  ]);
});

test('what is not required, or not configured and not required, doesn’t make the answer 503', async () => {
  const fails = () => Promise.reject(new Error('away'));
  const well = dependency('well', async () => ({}));

  expect(await told([well, dependency('extra', fails, false), dependency('later', undefined, false)])).toMatchObject({
    status: 200,
    said: 'ok',
    rows: [
      ['well', 'reachable', null],
      ['extra', 'unreachable', 'away'],
      ['later', 'not configured', null],
    ],
  });
  expect(await told([well, dependency('needed', undefined)])).toMatchObject({ status: 503 });
});

test('sites that work waits for are told after the rest, and so is that nobody knows them', async () => {
  const well = dependency('well', async () => ({}));
  const silent = dependency('briefs/weibo', () => Promise.reject(new Error('outage')), false);

  expect(await told([well], { waited: async () => [silent] })).toMatchObject({
    status: 200,
    rows: [
      ['well', 'reachable', null],
      ['briefs/weibo', 'unreachable', 'outage'],
    ],
  });
  const away = () => Promise.reject(new Error('The database is away'));
  expect((await told([well], { waited: away })).rows[1]).toEqual(['all', 'unreachable', 'The database is away']);
});
