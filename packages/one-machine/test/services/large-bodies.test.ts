import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startAthena } from '../../src/services/athena.ts';
import { startSchedules } from '../../src/services/schedules.ts';
import { startSecrets } from '../../src/services/secrets.ts';
import { testCredentials } from '../support/aws.ts';

let directory: string;
let running: { readonly url: string; stop(): Promise<unknown> }[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
  running = [];
});

afterEach(async () => {
  for (const service of running) await service.stop();
  await rm(directory, { recursive: true, force: true });
});

const credentials = [testCredentials];

const services = {
  athena: () =>
    startAthena({
      credentials,
      directory: join(directory, 'questions'),
      model: { workGroups: [], tables: [] },
      reader: {
        // Nothing lies there.
        list: async function* () {},
        bring: async () => undefined,
      },
    }),
  schedules: () => startSchedules({ credentials, file: join(directory, 'schedules.json'), schedules: [] }),
  secrets: () => startSecrets({ credentials, file: join(directory, 'secrets.json'), secrets: [] }),
};

const piece = new Uint8Array(256 * 1024);

/** A body without a length, of 16 MB. */
function large(): ReadableStream<Uint8Array> {
  let left = 64;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      left -= 1;
      if (left < 0) controller.close();
      else controller.enqueue(piece);
    },
  });
}

test.each(Object.entries(services))(
  '%s keeps no body in memory that none of its requests has',
  async (_name, start) => {
    const service = await start();
    running.push(service);
    const sent = await fetch(service.url, { method: 'POST', body: large(), duplex: 'half' } as RequestInit);

    expect(sent.status).toBe(413);
  },
);

test.each(Object.entries(services))('%s still says of a small body that it is not signed', async (_name, start) => {
  const service = await start();
  running.push(service);

  expect((await fetch(service.url, { method: 'POST', body: '{}' })).status).toBe(403);
});
