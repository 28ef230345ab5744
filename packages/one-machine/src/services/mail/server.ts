import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type Email, getStoreReadonly } from 'aws-ses-v2-local/dist/store.js';
import { bytesOf, checkSignedBody, jsonCodes, queryCodes, SignatureError } from '../../guard/check-signature.ts';
import type { Credentials } from '../../guard/credentials.ts';
import { guardServer } from '../../guard/guard-server.ts';
import { region } from '../../region.ts';
import { listen } from '../free-port.ts';
import { refusals } from '../refusals.ts';
import { bareAddress } from './addresses.ts';
import { type Asked, rawDestinations, readAsked, readDestinations } from './asked.ts';
import { isVerified, verificationAnswer } from './identities.ts';
import { inboxPage, inboxSecurity } from './inbox-page.ts';
import { limitOf } from './limits.ts';
import { type Refusal, refusalAnswer, refusalOf } from './rules.ts';
import type { SentMails } from './sent-mails.ts';

// CommonJS with a default export, which Node and vitest hand to `import` in different ways.
const ses = createRequire(import.meta.url)('aws-ses-v2-local') as typeof import('aws-ses-v2-local');

interface Door {
  readonly backend: string;
  /** What the backend asks of every client. */
  readonly pass: string;
  readonly sent: SentMails;
  readonly identities: readonly string[];
  readonly credentials: readonly Credentials[];
  refused(): boolean;
}

// The page fetches all of them again and again.
const mostInInbox = 500;

/** Stands before aws-ses-v2-local: checks what it doesn't, keeps what it forgets, and shows its inbox page. */
export async function startMailServer(options: {
  sent: SentMails;
  port?: number;
  identities: readonly string[];
  credentials: readonly Credentials[];
}): Promise<{ url: string; refuse(milliseconds: number): void; stop(): Promise<void> }> {
  const inner = await ses.default({ host: '127.0.0.1', port: 0 });
  const pass = randomUUID();
  letOnlyUsIn(inner, pass);
  const inbox = getStoreReadonly().emails;
  inbox.splice(0, inbox.length, ...(await options.sent.emails()).slice(-mostInInbox));

  const refused = refusals();
  const door: Door = {
    backend: `http://127.0.0.1:${(inner.address() as AddressInfo).port}`,
    pass,
    sent: options.sent,
    credentials: options.credentials,
    identities: options.identities,
    refused: refused.active,
  };
  const outer = createServer((request, response) => {
    serve(door, request, response).catch((error) => {
      console.error(`SES ${request.method} ${request.url}:`, error);
      response.destroy();
    });
  });
  guardServer(outer, { contentSecurity: inboxSecurity });
  const port = await listen(outer, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    refuse: refused.refuse,
    async stop() {
      await Promise.all([close(outer), close(inner)]);
    },
  };
}

async function serve(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bytesOf(request, largestBytes);
  if (await servedToPeople(door, request, response)) return;
  const unsigned = await signatureRefusal(door, request, body);
  if (unsigned) return refuse(request, response, unsigned);
  const form = new URLSearchParams(request.url === '/' ? body.toString() : '');
  const isMailing = request.method === 'POST' && (request.url === '/' || request.url?.startsWith('/v2/'));
  const early = isMailing ? refusalOf(form, request.url ?? '/', door.refused()) : undefined;
  if (early) return refuse(request, response, early);
  if (form.get('Action') === 'GetIdentityVerificationAttributes') {
    response.writeHead(200, { 'content-type': 'text/xml' }).end(verificationAnswer(form, door.identities));
    return;
  }
  const asked = isMailing ? readAsked(request.url ?? '/', form, body) : undefined;
  const unfit = asked && (limitOf(asked, body.length) ?? unverified(door, asked));
  if (unfit) return refuse(request, response, unfit);

  const answer = await forward(door, request, body);
  const text = await answer.text();
  const email = asked && answer.ok ? findSent(text) : undefined;
  if (asked && email) await keep(door, email, { asked, form });
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/html' }).end(text);
}

/** The inbox and what belongs to it; true when it was that. All of it is for pages of this port: `guardServer` sees to it. */
async function servedToPeople(door: Door, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const { pathname } = new URL(`http://127.0.0.1${request.url}`);
  const asked = `${request.method} ${pathname}`;
  if (asked === 'GET /') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(inboxPage(getStoreReadonly().emails));
  } else if (asked === 'POST /clear-store' && request.headers.origin !== undefined) {
    // Only the inbox's own button: what is no page of this port has to sign.
    getStoreReadonly().emails.splice(0);
    await door.sent.clear();
    response.writeHead(303, { location: '/' }).end();
  } else if (asked === 'GET /store' || asked === 'GET /get-emlContent') {
    const answer = await forward(door, request, Buffer.alloc(0));
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  } else return false;
  return true;
}

async function signatureRefusal(
  { credentials }: Door,
  request: IncomingMessage,
  body: Buffer,
): Promise<Refusal | undefined> {
  try {
    await checkSignedBody(request, body, { service: 'ses', credentials });
    return undefined;
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    const codes = request.url?.startsWith('/v2/') ? jsonCodes : queryCodes;
    return { status: 403, code: codes[error.fault], message: error.message };
  }
}

/** aws-ses-v2-local takes any credential, and any Origin: on its port it answers this file alone. */
function letOnlyUsIn(inner: Server, pass: string): void {
  const listeners = inner.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  inner.removeAllListeners('request');
  guardServer(
    inner.on('request', (request, response) => {
      if (request.headers[passHeader] !== pass) {
        response
          .writeHead(403, { 'content-type': 'application/json', connection: 'close' })
          .end('{"error":"Forbidden"}');
        return;
      }
      for (const listener of listeners) listener.call(inner, request, response);
    }),
  );
}

const passHeader = 'x-one-machine-pass';

function unverified({ identities }: Door, { from }: Asked): Refusal | undefined {
  if (from === undefined || isVerified(from, identities)) return undefined;
  const message = `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${bareAddress(from)}`;
  return { status: 400, code: 'MessageRejected', message };
}

/** Keeps the mail with the recipients that aws-ses-v2-local lost. */
async function keep(door: Door, email: Email, { asked, form }: { asked: Asked; form: URLSearchParams }): Promise<void> {
  if (form.get('Action') === 'SendEmail') email.destination = readDestinations(form);
  else if (asked.headers !== undefined) email.destination = rawDestinations(asked, email.destination);
  await door.sent.keep(email);
}

function findSent(answer: string): Email | undefined {
  const id = /<MessageId>(.+?)<\/MessageId>/.exec(answer)?.[1] ?? /"MessageId":\s*"(.+?)"/.exec(answer)?.[1];
  return getStoreReadonly().emails.find(({ messageId }) => messageId === id);
}

function forward(door: Door, request: IncomingMessage, body: Buffer): Promise<Response> {
  const headers = new Headers({ [passHeader]: door.pass });
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

// A mail of 40 MB is SES's largest; in base64 and a form it takes up to twice that.
const largestBytes = 80 * 1024 * 1024;

function close(server: Server): Promise<unknown> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  return closed;
}
