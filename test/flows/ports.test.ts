import { lstat, readdir } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { AthenaClient, ListQueryExecutionsCommand } from '@aws-sdk/client-athena';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { stackCredentials } from 'one-machine/guard/credentials.ts';
import { region } from 'one-machine/region.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startControl } from '../../local/console/control.ts';
import { listeningPorts } from '../support/listening.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

/** What others meet at each port of a running stack: pages elsewhere, users of this machine, whoever has no key. */

let running: TestStack;
let control: Awaited<ReturnType<typeof startControl>>;
let http: Readonly<Record<string, number>>;

const portOf = (url: string | undefined) => Number(new URL(url ?? '').port);

beforeAll(async () => {
  running = await startTestStack();
  const { stack } = running;
  control = await startControl(stack);
  const { services, wiring } = stack;
  http = {
    console: portOf(control.url),
    api: portOf(wiring.api?.url),
    site: portOf(services.site?.url),
    platforms: portOf(services.platforms?.controlUrl),
    mail: portOf(services.mail.url),
    s3: portOf(services.storage.s3Url),
    sqs: portOf(services.storage.sqsUrl),
    secrets: portOf(services.secrets.url),
    schedules: portOf(services.schedules.url),
    ...(services.athena ? { athena: portOf(services.athena.url) } : {}),
    states: portOf(stack.urls.stateMachines),
    functions: portOf(stack.urls.functions),
  };
});

afterAll(async () => {
  await control?.stop();
  await running?.stop();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** With a Host of one's own, which fetch doesn't send. */
function ask(port: number, headers: Record<string, string>, { method = 'GET', target = '/' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path: target, headers, setHost: false, agent: false });
    sent.once('error', reject);
    sent.once('response', (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      );
    });
    sent.end();
  });
}

const services = ['s3', 'sqs', 'secrets', 'schedules', 'states', 'functions', 'athena'] as const;
const names: readonly string[] = ['console', 'api', 'site', 'platforms', 'mail', ...services];

/** The inbox's own server, which answers nobody but the port before it. */
async function innerPorts(): Promise<number[]> {
  const { services } = running.stack;
  const known = [...Object.values(http), services.postgres.port, Number(services.kafka?.brokers.split(':')[1])];
  return (await listeningPorts(process.pid)).map(({ port }) => port).filter((port) => !known.includes(port));
}

test.skipIf(process.platform !== 'linux')('all that listens is known, and listens to this machine alone', async () => {
  const listening = await listeningPorts(process.pid);
  const { services } = running.stack;

  expect(new Set(listening.map(({ address }) => address))).toEqual(new Set(['127.0.0.1']));
  expect(listening.map(({ port }) => port)).toEqual(
    expect.arrayContaining([
      ...Object.values(http),
      services.postgres.port,
      Number(services.kafka?.brokers.split(':')[1]),
    ]),
  );
  const inner = await innerPorts();
  expect(inner).toHaveLength(1);
  for (const port of inner)
    for (const target of ['/', '/store', '/clear-store', '/health-check', '/v2/email/account'])
      for (const method of ['GET', 'POST', 'OPTIONS'])
        expect(await ask(port, { host: `127.0.0.1:${port}` }, { method, target })).toMatchObject({ status: 403 });
});

test('every port that has a name is walked', () => {
  expect(Object.keys(http).sort()).toEqual([...names].sort());
});

describe.each(names)('%s', (name) => {
  const port = () => http[name] ?? 0;
  const own = () => `127.0.0.1:${port()}`;

  test('a name that leads here by somebody else is refused', async () => {
    const hosts = [
      'evil.example',
      `evil.example:${port()}`,
      `127.0.0.1.evil.example:${port()}`,
      '',
      `localhost.:${port()}`,
    ];
    const others = [
      `evil@127.0.0.1:${port()}`,
      '127.0.0.2',
      '0.0.0.0',
      '[::]',
      '127.0.0.1:1/evil.example',
      'localhost evil',
    ];
    for (const host of [...hosts, ...others])
      for (const method of ['GET', 'POST', 'OPTIONS'])
        expect(await ask(port(), { host }, { method }), `${method} ${host}`).toMatchObject({ status: 403 });
  });

  test('this machine’s own names are answered', async () => {
    for (const host of [own(), `localhost:${port()}`, `LOCALHOST:${port()}`, `[::1]:${port()}`, 'localhost']) {
      const { body } = await ask(port(), { host });
      expect(body).not.toContain('Only this machine may ask');
    }
  });

  test('a page of another site is refused, also when it only asks whether it may', async () => {
    const pages = [
      'https://evil.example',
      'null',
      'http://localhost:1',
      `http://127.0.0.1:${port() + 1}`,
      `https://${own()}`,
    ];
    for (const origin of [...pages, `http://${own()}.evil.example`])
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
        const asked = { host: own(), origin, 'access-control-request-method': 'PUT' };
        const { status, headers } = await ask(port(), asked, { method });
        expect(status, `${method} ${origin}`).toBe(403);
        expect(headers['access-control-allow-origin']).toBeUndefined();
      }
  });

  test('every answer keeps to itself, whatever it is', async () => {
    for (const target of ['/', '/docs', '/sample', '/nothing', '/buckets/millrace-raw-bucket/', '/topics', '/%']) {
      const { headers } = await ask(port(), { host: own(), accept: 'text/html' }, { target });
      expect(headers['x-content-type-options'], target).toBe('nosniff');
      expect(headers['x-frame-options'], target).toBe('DENY');
      expect(headers['content-security-policy'], target).toMatch(/default-src 'none'.*frame-ancestors '(none|self)'/);
      expect(headers['content-security-policy'], target).not.toMatch(/script-src[^;]*unsafe|\*/);
    }
  });
});

describe('what speaks for AWS asks for the stack’s own key', () => {
  const clients = (credentials: { accessKeyId: string; secretAccessKey: string }) => {
    const { services, urls } = running.stack;
    const at = (endpoint: string) => ({ region, endpoint, credentials, maxAttempts: 1 });
    const mail = { Destination: { ToAddresses: ['a@example.net'] }, Message: { Subject: { Data: 's' }, Body: {} } };
    return {
      s3: () => new S3Client(at(services.storage.s3Url)).send(new ListBucketsCommand({})),
      sqs: () => new SQSClient(at(services.storage.sqsUrl)).send(new ListQueuesCommand({})),
      secrets: () =>
        new SecretsManagerClient(at(services.secrets.url)).send(new GetSecretValueCommand({ SecretId: 'Users' })),
      mail: () => new SESClient(at(services.mail.url)).send(new SendEmailCommand({ Source: 'a@example.net', ...mail })),
      schedules: () => new SchedulerClient(at(services.schedules.url)).send(new GetScheduleCommand({ Name: 'none' })),
      states: () => new SFNClient(at(urls.stateMachines)).send(new ListStateMachinesCommand({})),
      functions: () => new LambdaClient(at(urls.functions)).send(new InvokeCommand({ FunctionName: 'none' })),
      athena: () =>
        new AthenaClient(at(services.athena?.url ?? '')).send(new ListQueryExecutionsCommand({ WorkGroup: 'none' })),
    };
  };
  const outcome = (sent: Promise<unknown>) =>
    sent.then(
      () => 'answered',
      (error: { name: string; $metadata?: { httpStatusCode?: number } }) =>
        `${error.$metadata?.httpStatusCode} ${error.name}`,
    );

  test.each([...services, 'mail'] as const)('%s', async (name) => {
    const { credentials } = running.stack.services;
    const wrong = { ...credentials, secretAccessKey: 'guessed' };
    const unknown = { accessKeyId: 'local', secretAccessKey: 'local' };

    expect(await outcome(clients(wrong)[name]())).toMatch(/^403 (SignatureDoesNotMatch|InvalidSignatureException)/);
    expect(await outcome(clients(unknown)[name]())).toMatch(
      /^403 (InvalidAccessKeyId|InvalidClientTokenId|Unrecognized)/,
    );
    expect(await outcome(clients(credentials)[name]())).not.toMatch(/^403/);
    const port = http[name] ?? 0;
    const target = name === 'schedules' ? '/schedules/none' : '/';
    for (const authorization of ['', 'AWS4-HMAC-SHA256 local', 'AWS4-x', 'Basic YTpi', 'AWS a:b']) {
      const headers = { host: `127.0.0.1:${port}`, ...(authorization === '' ? {} : { authorization }) };
      for (const method of ['POST', 'PUT', 'DELETE', ...(name === 'mail' ? [] : ['GET'])])
        expect(
          (await ask(port, headers, { method, target })).status,
          `${method} ${authorization}`,
        ).toBeGreaterThanOrEqual(400);
    }
  });

  test('each folder has a key of its own', async () => {
    const { aws } = await stackCredentials(running.directory);

    expect(running.stack.services.credentials).toMatchObject(aws);
    expect(aws.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  });

  test('the mails are cleared by the inbox’s own button, and by nobody else', async () => {
    const port = http.mail ?? 0;
    const host = `127.0.0.1:${port}`;
    const clear = { method: 'POST', target: '/clear-store' };

    expect(await ask(port, { host }, clear)).toMatchObject({ status: 403 });
    expect(await ask(port, { host, origin: `http://${host}` }, clear)).toMatchObject({ status: 303 });
  });
});

describe('what speaks no HTTP', () => {
  test('the database lets nobody in without a password', async () => {
    const { postgres } = running.stack.services;
    const refusal = async (user: string, password?: string) => {
      const client = new pg.Client({ host: '127.0.0.1', port: postgres.port, user, password, database: 'millrace' });
      return client.connect().then(
        () => client.end().then(() => 'in'),
        ({ code, message }: { code?: string; message: string }) => code ?? message,
      );
    };

    for (const user of ['postgres', 'millrace_app', 'nobody']) {
      expect(await refusal(user, 'guessed')).toBe('28P01');
      expect(await refusal(user, '')).not.toBe('in');
    }
    const client = new pg.Client({ connectionString: postgres.url('millrace_app', 'millrace') });
    await client.connect();
    await expect(client.query("copy (select 1) to program 'true'")).rejects.toMatchObject({ code: '42501' });
    await client.end();
  });

  test('a browser’s request to the broker ends its connection, unanswered', async () => {
    const port = Number(running.stack.services.kafka?.brokers.split(':')[1]);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`POST / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`),
      );
      text(socket).then(resolve, () => resolve('reset'));
      socket.once('timeout', () => reject(new Error('The connection stays open')));
      socket.setTimeout(60_000);
    });

    expect(['', 'reset']).toContain(answer);
  });
});

test('what is kept is its owner’s alone', async () => {
  const open: string[] = [];
  for (const entry of await readdir(running.directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const { mode } = await lstat(file);
    const passage = path.relative(running.directory, file) === 'postgres';
    if (!entry.isSymbolicLink() && (mode & (passage ? 0o066 : 0o077)) !== 0) open.push(`${file} ${mode.toString(8)}`);
  }

  expect(open).toEqual([]);
  expect((await lstat(running.directory)).mode & 0o066).toBe(0);
});
