import { expect, test } from 'vitest';
import { undoAll } from '../src/undo.ts';

test('what was started is stopped, the last first, also where one of it fails; that is told when all are', async () => {
  const stopped: string[] = [];
  const stops = (name: string) => async () => void stopped.push(name);
  const fails = (name: string) => async () => {
    stopped.push(name);
    throw new Error(`${name} hangs`);
  };

  await expect(undoAll([stops('database'), fails('services'), stops('functions')])).rejects.toThrow('services hangs');
  expect(stopped).toEqual(['functions', 'services', 'database']);
  await expect(undoAll([fails('a'), fails('b')])).rejects.toMatchObject({
    errors: [{ message: 'b hangs' }, { message: 'a hangs' }],
  });
});

test('nothing is stopped twice', async () => {
  let times = 0;
  const undo = [
    async () => {
      times += 1;
    },
  ];
  await undoAll(undo);
  await undoAll(undo);
  expect(times).toBe(1);
});
