import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningBroker, startBroker } from '../../../src/services/kafka/broker.ts';

const unknownMember = 25;
let directory: string;
let broker: RunningBroker;
let errors: string[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'one-machine-test-'));
  errors = [];
  broker = await startBroker({ directory, onError: (message) => errors.push(message) });
});

afterEach(async () => {
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

const int16 = (value: number) => Buffer.from([(value >> 8) & 255, value & 255]);
const int32 = (value: number) => Buffer.concat([int16(value >> 16), int16(value)]);
const string = (text: string) => Buffer.concat([int16(text.length), Buffer.from(text)]);
const nobody = int16(-1);

/** A request with the header that all of them have; resolves to what stands behind the answer's own. */
async function asked(key: number, version: number, ...body: readonly Buffer[]): Promise<Buffer> {
  const [host = '', port = '0'] = broker.address.split(':');
  const socket = connect(Number(port), host);
  const request = Buffer.concat([int16(key), int16(version), int32(1), string('test'), ...body]);
  socket.write(Buffer.concat([int32(request.length), request]));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.subarray(8);
}

const group = string('nobody-knows-it');
const generation = int32(3);

test.each([
  ['a heartbeat', 12, [group, generation, nobody]],
  ['a farewell', 13, [group, nobody]],
  ['a wish for its share', 14, [group, generation, nobody, int32(0)]],
])('%s of a member that its client has no name for any more is told that nobody knows it', async (_, key, body) => {
  const answer = await asked(key, 2, ...body);

  // The time to wait comes first.
  expect(answer.readInt16BE(4)).toBe(unknownMember);
  expect(errors).toEqual([]);
});

test('an offset in nobody’s name is not kept', async () => {
  const partition = [int32(1), int32(0), Buffer.alloc(8), int32(-1), nobody];
  const answer = await asked(8, 6, group, generation, nobody, int32(1), string('t'), ...partition);

  expect(answer.readInt16BE(answer.length - 2)).not.toBe(0);
  expect(errors).toEqual([]);
});
