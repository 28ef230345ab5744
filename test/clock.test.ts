import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** No test may fail because its machine is slow or busy: what the tests say of time is held here, by how it is written. */

const sources = globSync('{test,packages/*/test}/**/*.ts', { exclude: (file) => file.includes('node_modules') })
  .filter((file) => !file.endsWith('clock.test.ts'))
  .map((file) => [file.replaceAll('\\', '/'), readFileSync(file, 'utf8')] as const);

const linesOf = (is: (line: string) => boolean, what = /^(test|packages)\//) =>
  sources.flatMap(([file, text]) =>
    what.test(file) ? text.split('\n').flatMap((line) => (is(line) ? [`${file}: ${line.trim()}`] : [])) : [],
  );

const milliseconds = (text: string) => Number(text.replaceAll('_', ''));

// Five minutes: what takes a second on an idle machine has taken a minute on one that ten others shared.
const leastPatienceMs = 300_000;

test('nothing is waited for in less than five minutes', () => {
  const short = linesOf((line) => {
    const [, named, closing] = /\btimeout: ([\d_]+)\b(?! \*)|^\s*\}, ([\d_]+)\);$/.exec(line) ?? [];
    const given = named ?? closing;
    return given !== undefined && milliseconds(given) < leastPatienceMs;
  });

  expect(short).toEqual([]);
});

test('vi.waitFor and vi.waitUntil say how long: alone they give up after one second', () => {
  const alone = sources.flatMap(([file, text]) =>
    [...text.matchAll(/\bvi\s*\.(waitFor|waitUntil)\(/g)].flatMap(({ index }) => {
      const call = callAt(text, index);
      return /\btimeout\b|\bpatience\b|\bpatiently\b|\bsoon\b|\bwaiting\b|\d_000\s*,?\s*\)$/.test(call)
        ? []
        : [`${file}: ${call.split('\n')[0]}`];
    }),
  );

  expect(alone).toEqual([]);
});

/** From there to the bracket that closes the call. */
function callAt(text: string, from: number): string {
  let depth = 0;
  for (let at = text.indexOf('(', from); at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return text.slice(from, at + 1);
  }
  return text.slice(from);
}

/** Where a test bounds what a clock says, and why no machine can miss it. */
const bounds: Readonly<Record<string, string>> = {
  'expect(performance.now() - began).toBeLessThan(39_000);': 'A refused connection against a wait of forty seconds.',
  'expect(performance.now() - before).toBeLessThan(39_000);': 'A refused connection against a wait of forty seconds.',
  'expect(performance.now() - before).toBeLessThan(15_000);': 'An abort against a long poll of twenty seconds.',
  'expect(database?.latency_ms).toBeLessThan(39_000);': 'Two seconds against a wait of forty.',
  'expect(Math.max(...waits)).toBeLessThan(60_000);': 'A tenth of a second against eighty seconds.',
  'expect(pauses[1]).toBeLessThan(60);': 'Two seconds against a hundred.',
  'expect(age(worker.id)).toBeLessThan(18_000_000);': 'Nothing against ten hours.',
  'expect(after.allMs).toBeLessThan(20 * 60_000);': 'Simulated time.',
  'expect(after.othersMs).toBeLessThan(before.othersMs + 3 * 60_000);': 'Simulated time.',
  'expect(seconds).toBeLessThan(20);': 'Processor time: a tenth of a second against a minute.',
  'expect(failures / lasted).toBeLessThanOrEqual(1.1 * rate);': 'A slow machine is further below the rate.',
  'expect(mails.length).toBeLessThanOrEqual(1 + Math.floor(minutes));': 'A slow machine may send more.',
};

test('no test bounds what a clock says, but for those that no machine can miss', () => {
  const clock =
    /performance\.now|Date\.now|stopDate|\b(elapsed|lasted|took|seconds|minutes|waits|pauses|age|latency|duration)\b|_ms\b|\bms\b|Ms\b/;
  const bounding = linesOf((line) => /\.toBeLessThan/.test(line) && clock.test(line));
  const unknown = bounding.filter((line) => !Object.keys(bounds).some((known) => line.endsWith(known)));

  expect(unknown).toEqual([]);
  // A reason whose line is gone goes, too.
  expect(Object.keys(bounds).filter((known) => !bounding.some((line) => line.endsWith(known)))).toEqual([]);
});
