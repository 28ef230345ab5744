import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { dynamicPassword, sha256, signature, signedText } from '#kit/api/authentication/schemes.ts';
import { readUsers } from '#kit/api/authentication/users.ts';
import batch from '../../fixtures/events/sqs-batch.json' with { type: 'json' };
import { askConsole, project, type StackProcess, startStackProcess } from '../../support/stack-process.ts';

/**
 * Everything that a full run wrote is searched for every secret there is: logs, mails, queue messages, objects, tables,
 * execution histories, the template. What was asked with a wrong token is a credential too: of something else.
 */

let directory: string;
let stack: StackProcess | undefined;
/** By name, what must stand nowhere: whole secrets, each text in them, and those in other spellings. */
const needles = new Map<string, string>();
/** Everything that was written, by where it stands. */
const written = new Map<string, Buffer>();
let printed = '';

const wrong = { bearer: `wrong${randomUUID()}`, query: `query${randomUUID()}`, password: `no${randomUUID()}` };
let adminPassword = '';
/** A credential in a header, in whatever text. */
const bearer = /Bearer\s+[\w.~+/=-]{12,}/i;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-secrets-'));
  const variables = { PRESALE_COUNTIES: 'W,X', POWERTOOLS_LOG_LEVEL: 'DEBUG' };
  // With a run of its own, as `npm start` has it.
  stack = await startStackProcess(directory, variables, { flags: [] });
  await stack.line(/Ctrl-C stops everything/);
  const token = await readSecrets();
  await askEverything(stack, token);
  await failARun(stack);
  // The report of the first run, and why the second gave up.
  await vi.waitFor(async () => expect((await askConsole<unknown[]>(stackNow(), '/mails')).length).toBeGreaterThan(1), {
    timeout: 600_000,
  });

  for (const [name, text] of await dump(stack)) written.set(name, Buffer.from(text));
  for (const route of ['/stack', '/mails', '/executions', '/'])
    written.set(`console ${route}`, Buffer.from(await (await fetch(`${stack.url}${route}`)).arrayBuffer()));
  expect(await stack.interrupt(), stack.printed()).toBe(0);
  printed = stack.printed();
  await readFiles();
}, 600_000);

afterAll(async () => {
  await stack?.kill();
  await rm(directory, { recursive: true, force: true });
});

function stackNow(): StackProcess {
  if (!stack) throw new Error('The stack did not start');
  return stack;
}

async function readSecrets(): Promise<string> {
  const file = JSON.parse(await readFile(path.join(directory, 'secrets.json'), 'utf8')) as Record<
    string,
    { value: string }
  >;
  for (const [name, { value }] of Object.entries(file)) {
    for (const [index, text] of [value, ...textsIn(value)].entries()) {
      needles.set(`${name} ${index}`, text);
      needles.set(`${name} ${index} in base64`, Buffer.from(text).toString('base64').replace(/=+$/, ''));
      needles.set(`${name} ${index} in hex`, Buffer.from(text).toString('hex'));
    }
  }
  for (const [name, text] of Object.entries(wrong)) needles.set(`the wrong token (${name})`, text);
  const token = file.ConsoleToken?.value ?? '';
  adminPassword = readUsers(file.Users?.value ?? '')[0]?.password ?? '';
  expect(adminPassword.length).toBeGreaterThan(40);
  expect(token.length).toBeGreaterThan(40);
  return token;
}

/** Every text in a secret that is long enough to be one: passwords and digests, at whatever depth. */
function textsIn(secret: string): readonly string[] {
  if (!secret.startsWith('{')) return [];
  const texts: string[] = [];
  JSON.parse(secret, (_key, value: unknown) => {
    if (typeof value === 'string' && value.length > 30) texts.push(value);
    return value;
  });
  return texts;
}

/** Headers of Basic and HMAC at this moment, whose password and signature must stand nowhere either. */
function momentary(name: string, real: string, path: string): { query: string; headers: readonly string[] } {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const password = dynamicPassword(real, timestamp);
  const text = signedText({ method: 'GET', target: path, timestamp, bodySha256: sha256('') });
  const signed = signature(real, text);
  const basic = Buffer.from(`${name}:${password}`).toString('base64');
  for (const [what, value] of Object.entries({ password, basic, signed }))
    needles.set(`${what} of ${path}, ${name}`, value);
  return { query: `_=${timestamp}`, headers: [`Basic ${basic}`, `Millrace ${name}:${signed}`] };
}

/** Each route with the right token, a wrong one, none, and one where none belongs. */
async function askEverything(running: StackProcess, token: string): Promise<void> {
  const { api } = await askConsole<{ api: string }>(running, '/stack');
  // First, so that no function has the secret yet that it can't get now; for as long as its first start takes.
  await askConsole(running, '/refuse', { service: 'secretsmanager', seconds: 600 });
  const statusOf = async (route: string, authorization?: string, init: RequestInit = {}) => {
    const headers = authorization === undefined ? undefined : { authorization };
    const answer = await fetch(`${api}${route}`, { ...init, ...(headers ? { headers } : {}) });
    // Health is a 503 where a busy machine's dependency answers late: who asked was let in all the same.
    return (await answer.text()).includes('"dependencies":') ? 200 : answer.status;
  };
  expect(await statusOf('/health/services', `Bearer ${token}`)).toBe(503);
  await askConsole(running, '/refuse', { service: 'secretsmanager', seconds: 0.001 });
  const routes = [
    ...['/health/services', '/health/dependencies', '/apiv1/deals', '/presale/runs', '/apiv1/deals/0'],
    ...['/platform/failures', '/platform/failures/1', '/platform/runs', '/tagger/services', '/tagger/failures'],
  ];
  for (const route of routes) {
    expect(await statusOf(route, `Bearer ${token}`), route).toBeLessThan(405);
    for (const refused of [`Bearer ${wrong.bearer}`, wrong.bearer, undefined])
      expect(await statusOf(route, refused), route).toBe(401);
    const right = momentary('admin', adminPassword, route);
    for (const header of right.headers)
      expect(await statusOf(`${route}?${right.query}`, header), route).toBeLessThan(405);
    const refused = momentary('admin', wrong.password, route);
    for (const header of refused.headers) expect(await statusOf(`${route}?${refused.query}`, header), route).toBe(401);
    expect(await statusOf(route, right.headers[0]), route).toBe(400);
    expect(await statusOf(`${route}?token=${wrong.query}`, `Bearer ${wrong.bearer}`), route).toBe(401);
  }
  const body = '{"season":';
  for (const [method, route] of [
    ['POST', '/presale/runs'],
    ['PUT', '/presale/problems/1'],
    ['POST', '/platform/failures/replay'],
    ['POST', '/tagger/try'],
  ] as const) {
    expect(await statusOf(route, `Bearer ${token}`, { method, body }), route).toBe(400);
    expect(await statusOf(route, `Bearer ${wrong.bearer}`, { method, body }), route).toBe(401);
  }
  const doctor = await run(['local/commands/doctor.ts']);
  written.set('what the doctor says', Buffer.from(doctor));
  expect(doctor).toMatch(/secret +users/);
}

/** A publication that the site has no more: the run gives up and writes a mail about it. */
async function failARun(running: StackProcess): Promise<void> {
  await askConsole(running, '/trigger', {
    name: 'start-publication',
    input: { scheduledTime: '2026-09-11T02:00:00Z' },
  });
  await running.line(/publication-2026-09-11.*ended: FAILED/);
  // The failure is in the ledger a moment later; its alert would be mailed after a minute.
  await vi.waitFor(
    async () => expect((await dump(running)).get('table platform.failures')).toContain('publication-2026-09-11'),
    { timeout: 600_000 },
  );
  const Records = batch.Records.slice(0, 1).map((record) => ({ ...record, body: '{"workload":"presale"}' }));
  await askConsole(running, '/invoke', { function: 'platform/send-alerts', event: { Records } });
  await vi.waitFor(
    async () => expect(JSON.stringify(await askConsole(running, '/mails'))).toContain('"subject":"[millrace-dev]'),
    { timeout: 600_000 },
  );
}

function run(command: readonly string[]): Promise<string> {
  const env = { ...process.env, MILLRACE_DIRECTORY: directory };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: project, env }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

/** Every row of every table as text, histories of executions included. */
async function dump(running: StackProcess): Promise<ReadonlyMap<string, string>> {
  const database = running.databaseUrl;
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const texts = new Map<string, string>();
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
      texts.set(`table ${name}`, rows.map(({ text }) => text).join('\n'));
    }
    return texts;
  } finally {
    await client.end();
  }
}

/** The state folder without the secrets and the database's own files, and the templates. */
async function readFiles(): Promise<void> {
  const kept = globSync('**/*', { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .filter((file) => file !== 'secrets.json' && !file.startsWith(path.join('postgres', 'data')));
  for (const file of kept) written.set(`file ${file}`, await readFile(path.join(directory, file)));
  for (const file of globSync('build/{assembly,local}/**/*.json', { cwd: project }))
    written.set(`template ${file}`, await readFile(path.join(project, file)));
}

/** Where anything of it stands. */
function placesOf(texts: ReadonlyMap<string, Buffer>): string[] {
  return [...texts].flatMap(([place, bytes]) => [
    ...[...needles].filter(([, needle]) => bytes.includes(needle)).map(([name]) => `${name} in ${place}`),
    ...(bearer.test(bytes.toString('latin1')) ? [`a Bearer token in ${place}`] : []),
  ]);
}

test('what was searched is what a full run writes', () => {
  const placesWith = (text: string) => [...written].filter(([, bytes]) => bytes.includes(text)).map(([place]) => place);

  const told = placesWith('publication-2026-09-11');
  for (const place of ['file log/stack.jsonl', 'table presale.runs', 'console /executions'])
    expect(told).toContain(place);
  expect(told.some((place) => place.startsWith('table local.'))).toBe(true);
  const about = (start: string) => [...written.keys()].filter((place) => place.startsWith(start)).length;
  expect(about('file mails/')).toBeGreaterThanOrEqual(4);
  for (const table of ['platform.failures', 'platform.alert_mails', 'platform.runs'])
    expect(written.get(`table ${table}`)?.length, table).toBeGreaterThan(0);
  expect(about('file storage/s3/')).toBeGreaterThan(4);
  expect(about('file storage/sqs/')).toBeGreaterThan(0);
  expect(about('template ')).toBeGreaterThan(10);
  // The requests that were refused, and the one that failed, are in it.
  for (const said of [
    'The request was refused',
    'The request failed',
    'The token is not valid',
    'The user is unknown or the password is wrong',
  ])
    expect(placesWith(said)).toContain('file log/stack.jsonl');
});

test('the search finds a secret wherever one stands', async () => {
  const value = needles.get('ConsoleToken 0') ?? '';
  const file = path.join(directory, 'log', 'planted');
  await writeFile(file, Buffer.concat([Buffer.from([0, 255, 200]), Buffer.from(`"authorization":"Bearer ${value}"`)]));

  expect(placesOf(new Map([['a file', await readFile(file)]]))).toEqual([
    'ConsoleToken 0 in a file',
    'a Bearer token in a file',
  ]);
  expect(placesOf(new Map([['base64', Buffer.from(Buffer.from(value).toString('base64'))]]))).toHaveLength(1);
});

test('no secret stands in anything that was written', () => {
  expect(needles.size).toBeGreaterThan(5);
  expect(placesOf(written)).toEqual([]);
});

test('the terminal shows user and token once, in the lines to try, and never a wrong one', () => {
  const lines = printed.split('\n');
  const credentials = / {2}(Console|User|Try it|Token) {2,}/;

  const shown = (text: string) =>
    lines.flatMap((line) => (line.includes(text) ? (credentials.exec(line)?.[1] ?? line) : []));
  // The link that signs in, and the token by itself.
  expect(shown(needles.get('ConsoleToken 0') ?? '')).toEqual(['Console', 'Token']);
  expect(shown(adminPassword)).toEqual(['User', 'Try it']);
  const others = lines.filter((line) => !credentials.test(line)).join('\n');
  expect(placesOf(new Map([['the terminal', Buffer.from(others)]]))).toEqual([]);
});
