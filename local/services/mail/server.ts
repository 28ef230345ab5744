import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type Email, getStoreReadonly } from 'aws-ses-v2-local/dist/store.js';
import { listen } from '../free-port.ts';
import { isVerified, verificationAnswer } from './identities.ts';
import { type Refusal, readDestinations, refusalAnswer, refusalOf } from './rules.ts';
import type { SentMails } from './sent-mails.ts';

// CommonJS with a default export, which Node and vitest hand to `import` in different ways.
const ses = createRequire(import.meta.url)('aws-ses-v2-local') as typeof import('aws-ses-v2-local');

interface Door {
  readonly backend: string;
  readonly sent: SentMails;
  readonly identities: readonly string[];
  refused(): boolean;
}

// The page fetches all of them again and again.
const mostInInbox = 500;

/** Stands before aws-ses-v2-local: checks what it doesn't, keeps what it forgets, and shows its inbox page. */
export async function startMailServer(options: {
  sent: SentMails;
  port?: number;
  identities: readonly string[];
}): Promise<{ url: string; refuse(milliseconds: number): void; stop(): Promise<void> }> {
  const inner = await ses.default({ host: '127.0.0.1', port: 0 });
  const inbox = getStoreReadonly().emails;
  inbox.splice(0, inbox.length, ...(await options.sent.emails()).slice(-mostInInbox));

  let refusedUntil = 0;
  const door: Door = {
    backend: `http://127.0.0.1:${(inner.address() as AddressInfo).port}`,
    sent: options.sent,
    identities: options.identities,
    refused: () => Date.now() < refusedUntil,
  };
  const outer = createServer((request, response) => {
    serve(door, request, response).catch((error) => {
      console.error(`SES ${request.method} ${request.url}:`, error);
      response.destroy();
    });
  });
  const port = await listen(outer, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    refuse(milliseconds) {
      refusedUntil = Date.now() + milliseconds;
    },
    async stop() {
      await Promise.all([close(outer), close(inner)]);
    },
  };
}

async function serve(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const form = new URLSearchParams(request.url === '/' ? body.toString() : '');
  const isMailing = request.method === 'POST' && (request.url === '/' || request.url?.startsWith('/v2/'));
  const early = isMailing ? refusalOf(form, request.url ?? '/', door.refused()) : undefined;
  if (early) return refuse(request, response, early);
  if (form.get('Action') === 'GetIdentityVerificationAttributes') {
    response.writeHead(200, { 'content-type': 'text/xml' }).end(verificationAnswer(form, door.identities));
    return;
  }

  const answer = await forward(door, request, body);
  const text = await answer.text();
  const email = isMailing && answer.ok ? findSent(text) : undefined;
  const late = email && (await accept(door, email, form));
  if (late) return refuse(request, response, late);
  if (request.url === '/clear-store') await door.sent.clear();
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/html' }).end(text);
}

/** Keeps the mail, with the recipients that aws-ses-v2-local lost; or takes it out of the inbox and says why. */
async function accept(door: Door, email: Email, form: URLSearchParams): Promise<Refusal | undefined> {
  if (form.get('Action') === 'SendEmail') email.destination = readDestinations(form);
  const { to, cc, bcc } = email.destination;
  const refusal = !isVerified(email.from, door.identities)
    ? { status: 400, code: 'MessageRejected', message: `Email address is not verified: ${email.from}` }
    : [...to, ...cc, ...bcc].length === 0
      ? { status: 400, code: 'InvalidParameterValue', message: 'Missing required field: Destination' }
      : undefined;
  if (!refusal) {
    await door.sent.keep(email);
    return undefined;
  }
  const inbox = getStoreReadonly().emails;
  inbox.splice(inbox.indexOf(email), 1);
  return refusal;
}

function findSent(answer: string): Email | undefined {
  const id = /<MessageId>(.+?)<\/MessageId>/.exec(answer)?.[1] ?? /"MessageId":\s*"(.+?)"/.exec(answer)?.[1];
  return getStoreReadonly().emails.find(({ messageId }) => messageId === id);
}

function forward(door: Door, request: IncomingMessage, body: Buffer): Promise<Response> {
  const headers = new Headers();
  for (const name of ['authorization', 'content-type', 'accept']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const method = request.method ?? 'GET';
  const sent = method === 'GET' || method === 'HEAD' ? {} : { body: new Uint8Array(body) };
  return fetch(`${door.backend}${request.url}`, { method, headers, ...sent });
}

function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { headers, body } = refusalAnswer(refusal, request.url ?? '/');
  response.writeHead(refusal.status, headers).end(body);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

function close(server: Server): Promise<unknown> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  return closed;
}
