import { expect, test } from 'vitest';
import { ConflictError, InvalidInputError, PermanentError } from '../../../../lambdas/kit/errors.ts';
import type { RunPlan } from '../../../../lambdas/presale/contract.ts';
import type { RunMachine } from '../../../../lambdas/presale/ports.ts';
import { countyLetters } from '../../../../lambdas/presale/publication/counties.ts';
import { checkPublication } from '../../../../lambdas/presale/steps/check-publication.ts';
import { planRun } from '../../../../lambdas/presale/steps/plan-run.ts';
import { startPublication } from '../../../../lambdas/presale/steps/start-publication.ts';
import { startRun } from '../../../../lambdas/presale/steps/start-run.ts';
import { samplePlan } from '../plan.ts';
import { streamed } from '../sample-file.ts';

function fakeMachine(executions: Record<string, 'running' | 'succeeded' | 'failed'> = {}) {
  const inputs = new Map<string, unknown>();
  const machine: RunMachine = {
    async start(name, input) {
      if (name in executions) return 'exists';
      executions[name] = 'running';
      inputs.set(name, input);
      return 'started';
    },
    status: async (name) => executions[name],
  };
  // The day of the requests below; what they ask for is past or next.
  return { machine, inputs, executions, clock: () => new Date('2022-09-11T02:00:00Z') };
}

test('the schedule starts the publication of its day in Taiwan, once', async () => {
  const fake = fakeMachine();
  const slot = { scheduledAt: new Date('2022-09-11T02:00:00Z') };

  expect(await startPublication(slot, fake)).toEqual({
    name: '2022-09-11',
    run_id: 'publication-2022-09-11',
    state: 'started',
  });
  expect(await startPublication(slot, fake)).toEqual({
    name: '2022-09-11',
    run_id: 'publication-2022-09-11',
    state: 'exists',
  });
  expect(fake.inputs.get('publication-2022-09-11')).toEqual({ publication_date: '2022-09-11' });
});

test('between publications the schedule means the last one', async () => {
  const { run_id } = await startPublication({ scheduledAt: new Date('2022-09-19T23:00:00Z') }, fakeMachine());

  expect(run_id).toBe('publication-2022-09-11');
});

test('a run started by hand after one has ended gets the next name', async () => {
  const fake = fakeMachine({ 'season-111S3': 'succeeded', 'season-111S3-2': 'failed' });

  expect(await startRun({ season: '111S3', counties: ['F'] }, fake)).toEqual({
    name: '111S3',
    publication_date: '2022-07-02',
    season: '111S3',
    run_id: 'season-111S3-3',
  });
  expect(fake.inputs.get('season-111S3-3')).toEqual({ season: '111S3', counties: ['F'] });
});

test('a season’s own date is the season', async () => {
  expect((await startRun({ publication_date: '2021-10-02' }, fakeMachine())).run_id).toBe('season-110S4');
});

test('a run further away than the next publication is refused, in Taiwan’s days', async () => {
  expect((await startRun({ publication_date: '2022-09-21' }, fakeMachine())).run_id).toBe('publication-2022-09-21-2');
  for (const request of [{ publication_date: '2022-10-01' }, { season: '111S4' }, { season: '999S4' }]) {
    await expect(startRun(request, fakeMachine())).rejects.toThrow(
      'Too early: the next publication is that of 2022-09-21.',
    );
  }
});

test.each([{ publication_date: '2022-09-11', counties: ['F' as const] }, { publication_date: '2022-09-21' }])(
  '%j leaves the schedule its name, so that every county is loaded on the day',
  async (request) => {
    const fake = fakeMachine();

    const { run_id } = await startRun(request, fake);
    expect(run_id).toBe(`publication-${request.publication_date}-2`);
    // Meanwhile it is the same run.
    for (const more of [{}, { counties: ['A' as const] }])
      await expect(startRun({ publication_date: request.publication_date, ...more }, fake)).rejects.toThrow(
        ConflictError,
      );
    fake.executions[run_id] = 'failed';
    expect((await startRun(request, fake)).run_id).toBe(`publication-${request.publication_date}-3`);

    const slot = { scheduledAt: new Date(`${request.publication_date}T02:00:00Z`) };
    expect(await startPublication(slot, fake)).toMatchObject({ state: 'started' });
  },
);

test('a whole run takes the schedule’s name also behind one of some counties', async () => {
  const fake = fakeMachine({ 'publication-2022-09-11-2': 'succeeded' });

  expect((await startRun({ publication_date: '2022-09-11' }, fake)).run_id).toBe('publication-2022-09-11');
  fake.executions['publication-2022-09-11'] = 'succeeded';
  expect((await startRun({ publication_date: '2022-09-11' }, fake)).run_id).toBe('publication-2022-09-11-3');
});

test('a run that is under way is not started again', async () => {
  const fake = fakeMachine({ 'publication-2022-09-11': 'failed', 'publication-2022-09-11-2': 'running' });

  await expect(startRun({ publication_date: '2022-09-11' }, fake)).rejects.toThrow(ConflictError);
});

test.each([
  [{}, 'publication_date'],
  [{ publication_date: '2022-09-12' }, 'publication_date'],
  [{ publication_date: '2022-09-11', season: '111S3' }, 'season'],
  [{ season: '99S1' }, 'no season before 101S1'],
  [{ season: '50S1' }, 'no season before 101S1'],
  [{ season: '100S4' }, 'no season before 101S1'],
  [{ publication_date: '2010-01-02' }, 'no season before 101S1'],
])('the request %j is refused with its field', async (request, field) => {
  const refused = startRun(request, fakeMachine());

  await expect(refused).rejects.toThrow(InvalidInputError);
  await expect(refused).rejects.toThrow(field);
});

test('a plan takes the environment’s counties unless some are named, and is in the book at once', async () => {
  const begun: RunPlan[] = [];
  const ports = {
    runs: { begin: async (plan: RunPlan) => void begun.push(plan) },
    settings: { counties: countyLetters, retrySeconds: 60, maxAttempts: 3 },
  };

  const all = await planRun({ run_id: 'r', season: '111S3' }, ports);
  const some = await planRun({ run_id: 'r', publication_date: '2022-09-11', counties: ['W', 'W', 'F'] }, ports);
  expect(all).toMatchObject({
    name: '111S3',
    publication_date: '2022-07-02',
    counties: countyLetters,
    max_attempts: 3,
  });
  expect(some).toMatchObject({ name: '2022-09-11', season: null, counties: ['W', 'F'] });
  expect(begun).toEqual([all, some]);
  await expect(planRun({ run_id: 'r' }, ports)).rejects.toThrow(PermanentError);
});

test('a season is out from its date on, and the site isn’t asked', async () => {
  const never = async () => Promise.reject(new Error('asked'));
  const at = (now: string) => ({ ask: never, siteUrl: 'http://site', clock: () => new Date(now) });
  const plan = samplePlan({ name: '111S3', season: '111S3', publication_date: '2022-07-02' });

  expect((await checkPublication(plan, at('2022-07-01T15:59:00Z'))).state).toBe('not-yet');
  expect((await checkPublication(plan, at('2022-07-01T16:00:00Z'))).state).toBe('out');
});

test('a publication is out when the site’s list says so', async () => {
  const asked: string[] = [];
  const html = '<table><tr><td></td><td>發布日期 20220901</td></tr></table>';
  const ports = {
    siteUrl: 'http://site/',
    clock: () => new Date(),
    ask: <R>(url: string, read: (answer: never) => Promise<R>) => {
      asked.push(url);
      return read({ status: 200, contentType: 'text/html', body: streamed(Buffer.from(html)) } as never);
    },
  };

  expect((await checkPublication(samplePlan(), ports)).state).toBe('out');
  expect((await checkPublication(samplePlan({ publication_date: '2022-09-21' }), ports)).state).toBe('not-yet');
  expect(asked[0]).toBe('http://site/DownloadHistory_ajax_list');
});
