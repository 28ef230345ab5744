import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chanceFrom } from '../../../lambdas/recommender/models/chance.ts';
import { trainers } from '../../../lambdas/recommender/models/index.ts';
import { modelKinds } from '../../../lambdas/recommender/models/model.ts';
import { readInteractions } from '../../../training/recommender/read-split.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-split-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const lineOf = (user: number, item: number) => `u${user}\ti${item}\t5\t${874_965_758 + user * 3600 + item * 60}`;

/** Users of two tastes: what they touched of forty items. */
function lines(seed: number): string {
  const chance = chanceFrom(seed);
  const touched = Array.from({ length: 60 }, (_one, user) =>
    Array.from({ length: 40 }, (_other, item) => item)
      .filter((item) => chance() < (item % 2 === user % 2 ? 0.4 : 0.05))
      .map((item) => lineOf(user, item)),
  );
  return touched.flat().join('\n');
}

test.each(modelKinds)('a model of %s is tuned and fitted where no test file is, the same each time', async (kind) => {
  const alone = await mkdtemp(join(folder, 'alone-'));
  await writeFile(join(alone, 'train.tsv'), lines(1));
  const trained = () => {
    const rows = readInteractions(join(alone, 'train.tsv'));
    return trainers[kind].fit(rows, [], trainers[kind].tune(rows, [], chanceFrom(1)));
  };

  const model = trained();

  expect(await readdir(alone)).toEqual(['train.tsv']);
  expect(model.score([{ item: 'i2' }], 3)).toHaveLength(3);
  expect(Buffer.from(model.toBytes())).toEqual(Buffer.from(trained().toBytes()));
});

test('the command that measures chooses the same parameters whatever it measures by', async () => {
  const [train, one, other] = ['train.tsv', 'one.tsv', 'other.tsv'].map((name) => join(folder, name));
  await writeFile(train as string, lines(1));
  await writeFile(one as string, lines(2));
  // Of those who touch what no other of their taste does.
  await writeFile(other as string, Array.from({ length: 60 }, (_, user) => lineOf(user, (user + 1) % 40)).join('\n'));
  const measured = async (by: string | undefined) => {
    const words = ['training/recommender/evaluate.ts', train as string, by as string, '--dlae'];
    return (await promisify(execFile)(process.execPath, words)).stdout;
  };
  const parametersIn = (text: string) => /\{.*\}/.exec(text)?.[0];

  const [first, second] = [await measured(one), await measured(other)];

  expect(parametersIn(first)).toContain('lambda');
  expect(parametersIn(first)).toBe(parametersIn(second));
  expect(/nDCG \S+/.exec(first)?.[0]).not.toBe(/nDCG \S+/.exec(second)?.[0]);
});
