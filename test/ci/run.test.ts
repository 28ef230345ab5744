import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  await mkdir(join(directory, '.ci'));
  await copyFile('.ci/run', join(directory, '.ci', 'run'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** Runs CI with an npm that says and returns what the test wants, by the last word of its command. */
async function run(steps: Readonly<Record<string, { says?: string; exits?: number }>>) {
  const cases = Object.entries(steps).map(
    ([name, { says = '', exits = 0 }]) => `${name}) echo '${says}'; exit ${exits};;`,
  );
  await writeFile(
    join(directory, 'npm'),
    `#!/bin/sh\necho "$@" >> ran\nfor word; do :; done\ncase $word in ${cases.join(' ')} esac\n`,
  );
  await chmod(join(directory, 'npm'), 0o755);
  const env = { ...process.env, PATH: `${directory}:${process.env.PATH}` };
  return new Promise<{ lines: string[]; code: number | null }>((done) => {
    const child = execFile(join(directory, '.ci', 'run'), { env }, (_error, stdout) => {
      done({ lines: stdout.trimEnd().split('\n'), code: child.exitCode });
    });
  });
}

const good = {
  test: { says: '10 passed, 0 failed, 1 skipped' },
  'test:long': { says: '3 passed, 0 failed, 0 skipped' },
};

test('both runs are summed in the last line', async () => {
  const { lines, code } = await run({ ...good, check: { says: '6 passed, 0 failed, 0 skipped' } });

  expect(lines.at(-1)).toBe('13 passed, 0 failed, 1 skipped');
  expect(code).toBe(0);
});

test('a failed run is counted, and the next one still runs', async () => {
  const { lines, code } = await run({ ...good, test: { says: '8 passed, 2 failed, 1 skipped', exits: 1 } });

  expect(lines.at(-1)).toBe('11 passed, 2 failed, 1 skipped');
  expect(code).toBe(1);
});

test.each(['check', 'synth', 'test:long'])('%s that fails without counting is one failed', async (step) => {
  const { lines, code } = await run({ ...good, [step]: { says: 'broken', exits: 2 } });

  expect(lines.at(-1)).toMatch(/^1[03] passed, 1 failed, 1 skipped$/);
  expect(code).toBe(1);
});

test('what failed in any step stands again right before the last line, and nothing else does', async () => {
  const fast = [
    'noise',
    'FAILED a.test.ts > x: Error: no',
    'FAILED   at a.test.ts:1:2',
    '8 passed, 1 failed, 0 skipped',
  ];
  const long = ['FAILED b.test.ts: Error: its end', '2 passed, 1 failed, 0 skipped'];
  const { lines } = await run({
    check: { says: 'lint/noUnused', exits: 1 },
    test: { says: fast.join('\n'), exits: 1 },
    'test:long': { says: long.join('\n'), exits: 1 },
  });

  expect(lines.slice(lines.lastIndexOf(''))).toEqual([
    '',
    '==> npm run check: exit status 1',
    'lint/noUnused',
    '==> timeout --kill-after=30s 25m npm test: exit status 1',
    ...fast.slice(1, 3),
    '==> timeout --kill-after=30s 45m npm run test:long: exit status 1',
    long[0],
    '10 passed, 3 failed, 0 skipped',
  ]);
});

test('where nothing failed the last line stands alone', async () => {
  const { lines } = await run({
    ...good,
    test: { says: 'FAILED to be anything but good\n10 passed, 0 failed, 1 skipped' },
  });

  expect(lines.slice(-2)).toEqual(['', '13 passed, 0 failed, 1 skipped']);
});

test('each step says when it began, when it ended and how long it took', async () => {
  const { lines } = await run(good);

  for (const step of [
    'npm ci',
    'npm run check',
    'npm run synth',
    'timeout .* npm test',
    'timeout .* npm run test:long',
  ]) {
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^==> \\d\\d:\\d\\d:\\d\\d  ${step}$`)));
    const end = `^==> \\d\\d:\\d\\d:\\d\\d  ${step}: exit status 0 after \\d+ min \\d+ s$`;
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(end)));
  }
});

test('the proofs at full length are no part of it', async () => {
  await run(good);

  expect(await readFile(join(directory, 'ran'), 'utf8')).not.toContain('proof');
});

test('without packages nothing else is tried', async () => {
  const { lines, code } = await run({ ...good, ci: { says: 'no network', exits: 1 } });

  expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
  expect(lines.join('\n')).not.toContain('npm test');
  expect(code).toBe(1);
});
