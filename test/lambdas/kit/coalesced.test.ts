import { expect, test } from 'vitest';
import { coalesced } from '../../../lambdas/kit/coalesced.ts';

/** Work whose ends are at hand. */
function work() {
  const ends: { readonly done: () => void; readonly failed: (error: Error) => void }[] = [];
  const ask = coalesced(() => new Promise((done, failed) => ends.push({ done, failed })));
  return { ends, ask };
}

test('work that is asked for while it is under way is done once more for all who asked', async () => {
  const { ends, ask } = work();
  const first = ask();
  const [second, third] = [ask(), ask()];
  expect(ends).toHaveLength(1);

  ends[0]?.done();
  await first;
  await Promise.resolve();
  expect(ends).toHaveLength(2);
  const fourth = ask();
  ends[1]?.done();
  await Promise.all([second, third]);
  await expect.poll(() => ends.length).toBe(3);
  ends[2]?.done();
  await fourth;
  expect(ends).toHaveLength(3);
});

test('who asked for it hears of its failure, and who comes after is not held up by it', async () => {
  const { ends, ask } = work();
  const [first, second] = [ask(), ask()];
  ends[0]?.failed(new Error('down'));

  await expect(first).rejects.toThrow('down');
  await expect.poll(() => ends.length).toBe(2);
  ends[1]?.done();
  await second;
});
