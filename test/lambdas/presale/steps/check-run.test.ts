import { expect, test } from 'vitest';
import type { CountyOutcome } from '../../../../lambdas/presale/contract.ts';
import type { CountyFailure, CountyFailures, CountyReport } from '../../../../lambdas/presale/ports.ts';
import { checkRun } from '../../../../lambdas/presale/steps/check-run.ts';
import { samplePlan } from '../plan.ts';

const plan = samplePlan({ counties: ['A', 'F'] });
const gone = (county: 'A' | 'F'): CountyOutcome => ({ county, state: 'gone', reason: 'replaced' });
/** What went to the failure ledger. */
const kept: CountyFailure[] = [];
const fact = (county: 'A' | 'F', state: CountyReport['state'], rows = 0) =>
  ({ county, state, reason: null, good: 3, kept_newer: 1, corrected: 0, rows_in_database: rows }) as CountyReport;

/** The check over a book that holds these facts and a bucket that has every receipt, or none. */
function check(facts: readonly CountyReport[], outcomes: readonly CountyOutcome[] = [], backups = true) {
  const runs = { keepRound: async () => undefined, facts: async () => facts, keepReasons: async () => undefined };
  const failures = { keepRound: async (_: unknown, failed: readonly CountyFailure[]) => void kept.push(...failed) };
  const ports = { runs, raw: { exists: async () => backups }, failures: failures as unknown as CountyFailures };
  return checkRun({ plan, outcomes: [...outcomes], attempt: 1 }, ports);
}

test('a county is in when its backup is there and the database holds its rows, less those of newer publications', async () => {
  expect(await check([fact('A', 'empty'), fact('F', 'loaded', 2)])).toEqual({
    state: 'complete',
    pending: [],
    reasons: {},
    reason: '',
  });
  expect(await check([fact('A', 'empty'), fact('F', 'loaded', 3)])).toMatchObject({
    state: 'incomplete',
    pending: ['F'],
  });
  expect(await check([fact('A', 'empty'), fact('F', 'loaded', 2)], [], false)).toMatchObject({ pending: ['F'] });
});

test('a run whose missing files are gone from the site has failed, without 24 hours of trying', async () => {
  const failed = [fact('A', 'failed'), fact('F', 'failed')];

  expect(await check(failed, [gone('A'), gone('F')])).toMatchObject({ state: 'failed', pending: ['A', 'F'] });
  expect(await check(failed, [gone('A')])).toMatchObject({ state: 'incomplete' });
});

test('a county that isn’t in goes to the ledger with the error of its state, or with what the check found', async () => {
  kept.length = 0;
  const outcome: CountyOutcome = { county: 'A', state: 'failed', error: 'HtmlInsteadOfCsv', reason: 'a page' };
  await check([fact('A', 'unchanged'), fact('F', 'empty')], [{ county: 'A', state: 'unchanged', reason: 'old' }]);
  expect(kept).toEqual([]);
  await check([fact('A', 'failed'), fact('F', 'loaded', 3)], [outcome]);

  expect(kept).toEqual([
    { county: 'A', reason: 'HtmlInsteadOfCsv', message: 'a page' },
    { county: 'F', reason: 'NotVerified', message: 'The database holds 3 rows of it instead of 2.' },
  ]);
});
