import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { checkRoom, watchRoom } from '../../src/terminal/disk-room.ts';

const megabytes = (count: number) => count * 1024 * 1024;

afterEach(() => void vi.useRealTimers());

test('a start on a disk with too little room is refused in one line that says how much it needs', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
  const left = (count: number) => () => Promise.resolve(megabytes(count));

  await expect(checkRoom(join(directory, 'not/yet'), '--folder', left(12))).rejects.toThrow(
    `The disk of ${directory}/not/yet has 12 MB left, and a start needs 150 MB: make room, or name another folder by --folder`,
  );
  await checkRoom(directory, '--folder', left(200));
  // Its database is there already.
  await mkdir(join(directory, 'postgres'));
  await checkRoom(directory, '--folder', left(40));
  await expect(checkRoom(directory, '--folder', left(31))).rejects.toThrow('a start needs 32 MB');
  await checkRoom(join(directory, 'not/yet'), '--folder');
  await rm(directory, { recursive: true });
});

test('a disk that fills up is said once, and so is that it has room again', async () => {
  vi.useFakeTimers();
  const said: string[] = [];
  let left = megabytes(500);
  const keep = (message: string) => said.push(message);
  const watching = watchRoom('/state', { warn: keep, say: keep }, { free: () => Promise.resolve(left), everyMs: 10 });

  await vi.advanceTimersByTimeAsync(30);
  expect(said).toEqual([]);
  left = megabytes(3);
  await vi.advanceTimersByTimeAsync(30);
  // Room for one more write is no room.
  left = megabytes(20);
  await vi.advanceTimersByTimeAsync(30);
  left = megabytes(100);
  await vi.advanceTimersByTimeAsync(30);
  watching.stop();
  left = 0;
  await vi.advanceTimersByTimeAsync(30);

  expect(said).toEqual([
    expect.stringMatching(/^The disk of \/state is full: 3 MB left\. .+; make room there\.$/),
    'The disk of /state has room again: 100 MB',
  ]);
});
