import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { firstAdmin, tokenOf } from '../../../local/callers/console-token.ts';
import { startControl } from '../../../local/console/control.ts';
import type { Diagnosis } from '../../../local/doctor/diagnose.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';
import { project } from '../../support/stack-process.ts';

/** Each look ends after two seconds; on a busy machine what is well is late now and then, and a cold function's first look always. */
const patience = { timeout: 300_000, interval: 500 };

let running: TestStack;
let control: Awaited<ReturnType<typeof startControl>>;

beforeAll(async () => {
  running = await startTestStack();
  control = await startControl(running.stack);
  await running.stack.announce(control.url);
  await vi.waitFor(async () => expect((await doctor()).status).toBe(0), patience);
}, 600_000);

afterAll(async () => {
  await control?.stop();
  await running?.stop();
});

interface Ending {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a person does. */
function doctor(args: readonly string[] = [], variables: Record<string, string> = {}): Promise<Ending> {
  const env = { ...process.env, MILLRACE_DIRECTORY: running.directory, ...variables };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['local/commands/doctor.ts', ...args],
      { cwd: project, env },
      (error, stdout, stderr) => {
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });
}

async function diagnosis(variables?: Record<string, string>): Promise<Diagnosis & { exit: number }> {
  const { status, stdout, stderr } = await doctor(['--json'], variables);
  expect(stdout, stderr).not.toBe('');
  return { ...(JSON.parse(stdout) as Diagnosis), exit: status };
}

const missing = ({ dependencies }: Diagnosis) =>
  dependencies.filter(({ state }) => state === 'unreachable').map(({ kind }) => kind);

test('with everything up each dependency is told with its latency, and the status is 0', async () => {
  const { dependencies } = await vi.waitFor(async () => {
    const { exit, ...told } = await diagnosis();
    expect(missing(told), JSON.stringify(told.dependencies)).toEqual([]);
    expect({ exit, status: told.status }).toEqual({ exit: 0, status: 'ok' });
    return told;
  }, patience);
  const kinds = new Set(dependencies.map(({ kind }) => kind));
  for (const kind of ['database', 'bucket', 'secret', 'broker', 'mail', 'queue', 'state machine', 'schedule'])
    expect(kinds).toContain(kind);
  for (const { state, latency_ms, without } of dependencies) {
    if (state === 'reachable') expect(latency_ms).toBeGreaterThanOrEqual(0);
    expect(without).toMatch(/^[A-Z].+\.$/);
  }
  expect(dependencies.find(({ kind }) => kind === 'database')?.version).toMatch(/^PostgreSQL \d+/);
  expect(dependencies.find(({ name }) => name === 'presale-start-publication')?.note).toBe(
    'cron(0 10 1,11,21 * ? *) Asia/Taipei',
  );
});

test('the broker is one of what is required', async () => {
  const { dependencies } = await diagnosis();

  expect(dependencies.find(({ name }) => name === 'Kafka')).toMatchObject({
    state: 'reachable',
    required: true,
    note: '1 broker',
  });
});

test('without --json it is a table that a person reads', async () => {
  const { stdout, status } = await vi.waitFor(async () => {
    const told = await doctor();
    expect(told.status, told.stdout).toBe(0);
    return told;
  }, patience);

  expect(stdout).toMatch(/^ok +database +millrace +\d+ +PostgreSQL \d/m);
  expect(stdout).toMatch(/^ok +broker +Kafka +\d+ +1 broker$/m);
  expect(stdout).toContain('Everything that is required is there.');
  expect(status).toBe(0);
});

test('it asks another API when told its address and token', async () => {
  const elsewhere = { MILLRACE_API_URL: `${running.stack.wiring.api?.url}/`, MILLRACE_DIRECTORY: '/nowhere' };

  const token = { MILLRACE_API_TOKEN: tokenOf(running.stack.services) };
  await vi.waitFor(
    async () => expect(await diagnosis({ ...elsewhere, ...token })).toMatchObject({ exit: 0 }),
    patience,
  );
  const refused = await diagnosis({ ...elsewhere, MILLRACE_API_TOKEN: 'wrong' });
  expect(refused).toMatchObject({ exit: 1, status: 'failing' });
  expect(refused.dependencies.map(({ name, note }) => [name, note])).toEqual([
    ['GET /health', null],
    ['GET /health/dependencies', 'It answered 401: The token is not valid.'],
    ['GET /health/services', 'It answered 401: The token is not valid.'],
  ]);
});

test('an address where something else answers, or nobody, is told', async () => {
  const server = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const MILLRACE_API_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  expect(missing(await diagnosis({ MILLRACE_API_URL, MILLRACE_API_TOKEN: 'x' }))).toEqual(['route', 'route', 'route']);
  await new Promise((resolve) => server.close(resolve));
  const nobody = await diagnosis({ MILLRACE_API_URL, MILLRACE_API_TOKEN: 'x' });
  expect(nobody.exit).toBe(1);
  expect(nobody.dependencies[0]?.note).toContain('ECONNREFUSED');
});

test('an answer that breaks off is told as that, not as its status', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const MILLRACE_API_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const { exit, dependencies } = await diagnosis({ MILLRACE_API_URL, MILLRACE_API_TOKEN: 'x' });
  await new Promise((resolve) => server.close(resolve));

  expect(exit).toBe(1);
  for (const { note } of dependencies) expect(note).toMatch(/terminated|closed/);
});

test('without a running stack, and without a token for an address, it says so', async () => {
  expect(await doctor([], { MILLRACE_DIRECTORY: '/nowhere' })).toEqual({
    status: 1,
    stdout: '',
    stderr: 'Millrace is not running: npm start\n',
  });
  expect(await doctor([], { MILLRACE_API_URL: 'millrace', MILLRACE_API_TOKEN: 'x' })).toEqual({
    status: 1,
    stdout: '',
    stderr: 'MILLRACE_API_URL is no address that begins with http:// or https://: millrace\n',
  });
  expect(await doctor([], { MILLRACE_API_URL: 'http://127.0.0.1:1' })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('MILLRACE_API_TOKEN'),
  });
});

test('the pages want the token, and say 200 while all is well', async () => {
  for (const route of ['/health/dependencies', '/health/services']) {
    // On a busy machine a service may be slower than the pages wait.
    await vi.waitFor(
      async () => expect(await running.api(route)).toMatchObject({ status: 200, body: { status: 'ok' } }),
      patience,
    );
    expect(await running.api(route, { headers: { authorization: 'Bearer wrong' } })).toMatchObject({ status: 401 });
  }
});

test('a service that refuses is told, with the others beside it', async () => {
  running.stack.refuse('sqs', 600_000);
  running.stack.refuse('s3', 600_000);
  try {
    await vi.waitFor(async () => {
      const { exit, ...told } = await diagnosis();

      expect(exit).toBe(1);
      expect(new Set(missing(told))).toEqual(new Set(['bucket', 'queue']));
      expect(told.dependencies.filter(({ state }) => state === 'reachable').length).toBeGreaterThan(6);
    }, patience);
  } finally {
    running.stack.refuse('sqs', 0);
    running.stack.refuse('s3', 0);
  }
});

test('a site of others that is away is named with what waits for it, and nothing of ours is called missing', async () => {
  running.stack.services.site?.fault({ kind: 'status', status: 503 });
  try {
    await vi.waitFor(async () => {
      const { stdout, status } = await doctor();
      expect(stdout).toMatch(/^NO +site +presale-site .+ answers 503$/m);
      expect(stdout).toContain('Without site presale-site: Runs wait for it, and ask again each hour.');
      expect(stdout).toContain('Everything that is required is there.');
      expect(status).toBe(0);
    }, patience);
  } finally {
    running.stack.services.site?.clearFaults();
  }
});

test('nothing it says is a secret', async () => {
  const { stdout, stderr } = await doctor(['--json']);
  expect(stdout).toContain('"name": "users"');
  const { services } = running.stack;

  for (const secret of [tokenOf(services), firstAdmin(services)?.password]) {
    expect(secret).toMatch(/^\w{48}$/);
    expect(stdout + stderr).not.toContain(secret);
  }
});

// Last: the server is gone after it.
test('with the database stopped it says what that stops, and still tells of all others', async () => {
  await running.stack.services.postgres.stop();

  const { exit, ...told } = await diagnosis();

  expect(exit).toBe(1);
  // The machine's own state machines stand in the same database.
  expect(missing(told)).toContain('database');
  const database = told.dependencies.find(({ kind }) => kind === 'database');
  expect(database).toMatchObject({ without: 'Nothing is loaded, and the API answers 503.' });
  expect(database?.note).toContain('The database is not reachable');
  // Given up at its two seconds: a connection of a function waits for forty.
  expect(database?.latency_ms).toBeLessThan(39_000);
  for (const kind of ['bucket', 'secret', 'queue', 'mail', 'schedule'])
    expect(told.dependencies.find((row) => row.kind === kind)).toMatchObject({ state: 'reachable' });
  const { stdout } = await doctor();
  expect(stdout).toMatch(/^NO +database/m);
  expect(stdout).toContain('Without database millrace: Nothing is loaded, and the API answers 503.');
  expect(await running.api('/apiv1/deals')).toMatchObject({ status: 503 });
  expect(await running.api('/health/dependencies')).toMatchObject({ status: 503, body: { status: 'failing' } });
});
