import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startStorage } from 'one-machine/services/storage.ts';
import * as z from 'zod';
import { objectStore } from '#adapters/object-store.ts';
import { queue } from '#adapters/queue.ts';
import type { Caller } from '#kit/api/authentication.ts';
import { linkVerifier, signedLink } from '#kit/api/link.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { briefsEnvelope } from '../../../../lambdas/briefs/api/envelope.ts';
import { briefsApiRoutes } from '../../../../lambdas/briefs/api/routes.ts';
import { sweepBriefs } from '../../../../lambdas/briefs/collect/sweep-briefs.ts';
import { briefBook } from '../../../../lambdas/briefs/lists/brief-book-queue.ts';
import { briefFiles } from '../../../../lambdas/briefs/lists/brief-files-bucket.ts';
import { mailStore } from '../../../../lambdas/briefs/mails/mail-store.ts';
import { tellSubmitted } from '../../../../lambdas/briefs/mails/tell-end.ts';
import { sweepPorts } from '../../../../lambdas/briefs/stores/retention-store.ts';
import { testCredentials, useLocalAws } from '../../../../packages/one-machine/test/support/aws.ts';
import { startTestDatabase } from '../../../support/database.ts';
import { expectDocumented } from '../../../support/documented.ts';
import { httpRequest, lambdaContext } from '../../../support/lambda.ts';
import { settingsOf } from '../stores/walk-of-a-brief.ts';

/** Who asks: `owner` is whose the briefs are, unless a test says otherwise. */
const callers = {
  nobody: undefined,
  owner: [],
  other: [],
  operator: ['operate'],
  admin: ['admin'],
} as const satisfies Record<string, Caller['permissions'] | undefined>;
export type Who = keyof typeof callers;

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | boolean>>;
  readonly body: ReturnType<typeof JSON.parse>;
  /** As it was sent, where it is no JSON. */
  readonly bytes: Buffer;
}

export interface Asked {
  readonly query?: Readonly<Record<string, string>>;
  /** Becomes JSON; text is sent as it is. */
  readonly body?: unknown;
}

/** The time, unless a test sets another one. */
let fixed: Date | undefined;
export const setNow = (at: Date | undefined) => {
  fixed = at;
};

const key = 'k'.repeat(48);
const queueNames = ['calls', 'answers', 'exports', 'mails', 'sweeps.fifo'] as const;

/** Settings of all platforms; a call of redbook and douyin costs money. */
const priced = { driver: 'gateway', pricePerCall: 0.001, budgetPerBrief: 5, budgetPerDay: 20 } as const;
const settings = settingsOf({ requestsPerSecond: 10, probe: true }, { redbook: priced, douyin: priced });

/** The routes of the briefs over a database, a bucket and queues of their own; those named `without` are away. */
export async function startApi({ without = [] }: { readonly without?: readonly (typeof queueNames)[number][] } = {}) {
  const database = await startTestDatabase<unknown>();
  const directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const storage = await startStorage({
    directory,
    region: 'ap-northeast-1',
    credentials: [testCredentials],
    buckets: [{ name: 'raw', versioned: false }],
    queues: queueNames.map((name) => ({
      name,
      visibilityTimeoutSeconds: 0,
      delaySeconds: 0,
      retentionSeconds: 3600,
      maximumMessageBytes: 262_144,
      fifo: name.endsWith('.fifo'),
    })),
  });
  useLocalAws({ AWS_ENDPOINT_URL_S3: storage.s3Url, AWS_ENDPOINT_URL_SQS: storage.sqsUrl });
  const sqs = new SQSClient({});
  const urlOf = (name: (typeof queueNames)[number]) => storage.queueUrl(name) + (without.includes(name) ? '-away' : '');
  const options = {
    DATABASE_URL: database.url,
    BRIEFS_PLATFORMS: settings,
    CALLS_QUEUE_URL: urlOf('calls'),
    ANSWERS_QUEUE_URL: urlOf('answers'),
    MAIL_QUEUE_URL: urlOf('mails'),
    EXPORTS_QUEUE_URL: urlOf('exports'),
    SWEEPS_QUEUE_URL: storage.queueUrl('sweeps.fifo'),
    SWEEPS_QUEUE_ARN: storage.queueArn('sweeps.fifo'),
  };
  const clock = () => fixed ?? new Date();
  const links = { key: async () => key, api: 'https://briefs.test/', days: 180 };
  const handler = apiHandler({
    env: z.object({}),
    authenticate: () => async (event) => callerNamed(event.headers['x-who'] ?? 'nobody'),
    verifyLink: () => linkVerifier({ keys: async () => [key], clock }),
    services: () => ({
      settings,
      briefs: briefBook(database.app, options, { clock, links }),
      files: briefFiles('raw'),
      sign: async (link: Parameters<typeof signedLink>[0]) => signedLink(link, key),
      address: '',
      keepDays: 180,
      clock,
    }),
    routes: briefsApiRoutes,
    envelope: briefsEnvelope,
    tellsTime: true,
  });
  const ask = async (who: Who, routeKey: string, { query, body }: Asked = {}, path = {}): Promise<Answered> => {
    const [method = '', rawPath = ''] = routeKey.split(' ');
    const { headers, requestContext, queryStringParameters: _none, ...event } = httpRequest();
    const answered = await handler(
      {
        ...event,
        routeKey,
        rawPath,
        rawQueryString: new URLSearchParams(query).toString(),
        headers: { ...headers, 'x-who': who },
        requestContext: { ...requestContext, http: { ...requestContext.http, method } },
        ...(query ? { queryStringParameters: { ...query } } : {}),
        pathParameters: path,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
      lambdaContext(),
    );
    const text = answered.body ?? '';
    const route = rawPath.replaceAll(/\{(\w+)\}/g, (_, name: string) => (path as Record<string, string>)[name] || '-');
    const heads = Object.entries(answered.headers ?? {}).map(
      ([name, value]) => [name, String(value)] as [string, string],
    );
    // Every answer is held against the document, whatever the test itself looks at.
    expectDocumented({ method, route }, new Response(undefined, { status: answered.statusCode, headers: heads }), text);
    const isJson = String(answered.headers?.['content-type']).startsWith('application/json');
    return {
      status: answered.statusCode ?? 0,
      headers: answered.headers ?? {},
      body: isJson && text !== '' ? JSON.parse(text) : undefined,
      bytes: Buffer.from(text, answered.isBase64Encoded ? 'base64' : 'utf8'),
    };
  };
  return {
    database,
    ask,
    /** By the front end's own way: a POST with everything in its query. */
    post: (who: Who, route: string, query: Readonly<Record<string, string>> = {}) =>
      ask(who, `POST /dts-auto-brief/${route}`, { query }),
    /** Follows a signed address. */
    open: (address: string) => {
      const { pathname, searchParams } = new URL(address);
      return ask('nobody', `GET ${pathname}`, { query: Object.fromEntries(searchParams) });
    },
    /** What follows of itself half a minute after a change; `mails` says where its queue is. */
    sweep: (mails: 'there' | 'away') => {
      const send = queue(storage.queueUrl('mails') + (mails === 'away' ? '-away' : ''));
      const kept = { ARTICLES_KEEP_DAYS: 180, FILES_KEEP_DAYS: 180 };
      return sweepBriefs(
        {},
        {
          ...sweepPorts({ ...options, ...kept }, database.app, { bucket: objectStore('raw'), clock }),
          tellSubmitted: (brief) => tellSubmitted(brief, { ...mailStore(database.app), send, links, clock }),
          count: () => undefined,
        },
      );
    },
    put: (name: string, content: string | Uint8Array) => objectStore('raw').put(name, content),
    /** The bodies of messages that wait in a queue; they are taken from it. */
    async messages(name: (typeof queueNames)[number]): Promise<ReturnType<typeof JSON.parse>[]> {
      const QueueUrl = storage.queueUrl(name);
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return Messages.map(({ Body = '' }) => JSON.parse(Body));
    },
    async stop() {
      await database.stop();
      await storage.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type StartedApi = Awaited<ReturnType<typeof startApi>>;

function callerNamed(name: string): Caller {
  const permissions = callers[name as Who];
  if (permissions === undefined) return { name: 'nobody', scheme: 'none', permissions: [] };
  return { name, scheme: 'bearer', permissions };
}
