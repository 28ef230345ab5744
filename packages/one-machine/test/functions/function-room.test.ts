import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { startTestHost, type TestHost } from './host.ts';

/** Which instances there are when there is no room for all. */

let subject: TestHost | undefined;

afterEach(async () => {
  await subject?.stop();
  subject = undefined;
});

async function start(...options: Parameters<typeof startTestHost>): Promise<TestHost> {
  subject = await startTestHost(...options);
  return subject;
}

test('where the machine has no room an event waits for an instance, of whichever function', async () => {
  const code = 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 50, process.pid));';
  const { invoke } = await start({ one: { code }, two: { code } }, { maximumInstances: 1 });
  const outcomes = await Promise.all(['one', 'two', 'one', 'two', 'one'].map((name) => invoke(name)));

  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
});

test('the instance that was idle longest gives way, not one that is still in use', async () => {
  const code = 'export const handler = async () => process.pid;';
  const { invoke } = await start({ one: { code }, two: { code }, three: { code } }, { maximumInstances: 2 });
  const pid = async (name: string) => ((await invoke(name)) as { payload?: unknown }).payload;
  await pid('two');
  await sleep(20);
  const one = await pid('one');
  await sleep(20);
  await pid('three');

  expect(await pid('one')).toBe(one);
});

test('a function that has an instance waits for it rather than have one killed that is as busy', async () => {
  const code = 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 20, process.pid));';
  const { invoke } = await start({ one: { code }, two: { code } }, { maximumInstances: 2 });
  const pid = async (name: string) => ((await invoke(name)) as { payload?: unknown }).payload;
  const both = [await pid('one'), await pid('two')];
  const rounds = await Promise.all(['one', 'one', 'two', 'one', 'two', 'two'].map(pid));

  expect(new Set(rounds)).toEqual(new Set(both));
});

test('where all of its instances are held by slow events another one gives way all the same', async () => {
  const code = `export const handler = ({ slow }) => new Promise((resolve) => setTimeout(resolve, slow ? 1e9 : 0, process.pid));`;
  const { invoke } = await start({ one: { code, timeoutSeconds: 900 }, two: { code } }, { maximumInstances: 2 });
  await invoke('two');
  const held = invoke('one', { slow: true });

  expect(await invoke('one')).toMatchObject({ ok: true });
  await subject?.stop();
  subject = undefined;
  expect(await held).toMatchObject({ ok: false });
});
