import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Credentials } from './credentials.ts';
import { type Claim, claimInHeader, isSignedBy, type SignedRequest, timeOf } from './signature.ts';

/** Whose signatures a port takes. */
export interface SignatureRules {
  /** As signatures name it: `sqs`, `secretsmanager`. */
  readonly service: string;
  readonly credentials: readonly Credentials[];
  /** @default the real clock */
  readonly now?: () => number;
}

/** What is wrong with a signature; each protocol of AWS has its own names for these. */
type SignatureFault = 'missing' | 'malformed' | 'unknown key' | 'mismatch' | 'skewed';

/** A request that is not signed by a key of this stack. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
  readonly fault: SignatureFault;

  constructor(fault: SignatureFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** A body that no request of the service has: whoever sent it, signed or not, it is not kept in memory. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
  /** As fastify reads it. */
  readonly statusCode = 413;

  constructor(mostBytes: number) {
    super(`The request has more than ${mostBytes} bytes.`);
  }
}

/** What the JSON protocols call each fault. Source: "Common errors" of the services' API references. */
export const jsonCodes: Readonly<Record<SignatureFault, string>> = {
  missing: 'MissingAuthenticationTokenException',
  malformed: 'IncompleteSignatureException',
  'unknown key': 'UnrecognizedClientException',
  mismatch: 'InvalidSignatureException',
  skewed: 'InvalidSignatureException',
};

/** The same of the query protocol. */
export const queryCodes: Readonly<Record<SignatureFault, string>> = {
  missing: 'MissingAuthenticationToken',
  malformed: 'IncompleteSignature',
  'unknown key': 'InvalidClientTokenId',
  mismatch: 'SignatureDoesNotMatch',
  skewed: 'RequestExpired',
};

/** How far a client's clock may be from this one, in AWS's own measure. */
const toleratedMs = 15 * 60_000;

/**
 * Checks a signature in the Authorization header and tells whose it is; throws {@link SignatureError}. Nothing that is
 * signed for one service serves another, and no header that changes what is asked for goes unsigned.
 */
export async function checkSignature(
  request: SignedRequest & { readonly payloadSha256: string },
  { service, credentials, now = Date.now }: SignatureRules,
): Promise<{ readonly claim: Claim; readonly signer: Credentials }> {
  const { authorization } = request.headers;
  if (authorization === undefined || authorization === '')
    throw new SignatureError('missing', 'The request is not signed.');
  const claim = claimInHeader(request.headers);
  if (!claim) throw new SignatureError('malformed', 'The Authorization header is no signature of version 4.');
  if (claim.scope[2] !== service)
    throw new SignatureError('malformed', `The signature is for ${claim.scope[2]}, and this is ${service}.`);
  const unsigned = unsignedHeaders(request, claim);
  if (unsigned.length > 0)
    throw new SignatureError('mismatch', `There were headers present which were not signed: ${unsigned.join(', ')}`);
  const signer = credentials.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);
  if (!signer) throw new SignatureError('unknown key', 'The access key ID you provided does not exist here.');
  if (!(Math.abs(now() - timeOf(claim)) <= toleratedMs))
    throw new SignatureError('skewed', 'Signature expired: its time is too far from the time here.');
  if (!(await isSignedBy(signer, { ...request, claim })))
    throw new SignatureError('mismatch', 'The request signature we calculated does not match the one you provided.');
  return { claim, signer };
}

/** Headers that the signature has to cover and doesn't: `host`, and all of AWS's own that are there. */
export function unsignedHeaders({ headers }: Pick<SignedRequest, 'headers'>, { signedHeaders }: Claim): string[] {
  return Object.keys(headers)
    .filter((name) => name === 'host' || name.startsWith('x-amz-'))
    .filter((name) => !signedHeaders.includes(name));
}

/** The same for a request whose body is there: the signature covers it, too. */
export async function checkSignedBody(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: Uint8Array,
  rules: SignatureRules,
): Promise<void> {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s, 2);
  await checkSignature(
    {
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(query),
      headers: request.headers,
      payloadSha256: createHash('sha256').update(body).digest('hex'),
    },
    rules,
  );
}

/** Reads a request and checks who signed it. Throws {@link SignatureError}, or {@link BodyTooLargeError} before all of it is here. */
export async function signedBody(
  request: IncomingMessage,
  rules: SignatureRules & { readonly mostBytes: number },
): Promise<Buffer> {
  const body = await bytesOf(request, rules.mostBytes);
  await checkSignedBody(request, body, rules);
  return body;
}

/** Lets only signed requests into a fastify server; `refuse` answers the others as its protocol does. */
export function requireSignature(
  server: Pick<FastifyInstance, 'addHook'>,
  rules: SignatureRules & { readonly mostBytes: number },
  refuse: (reply: FastifyReply, error: SignatureError) => FastifyReply,
): void {
  server.addHook('preParsing', async (request, reply, payload) => {
    const body = await bytesOf(payload, rules.mostBytes);
    try {
      await checkSignedBody(request.raw, body, rules);
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      // Fastify ends the request here when a hook has replied.
      return refuse(reply, error) as unknown as undefined;
    }
    // Fastify compares Content-Length with what it was told has come.
    return Object.assign(Readable.from(body.length === 0 ? [] : [body], { objectMode: false }), {
      receivedEncodedLength: body.length,
    });
  });
}

/** All of a stream. Throws {@link BodyTooLargeError} as soon as it is longer, and leaves the stream open for an answer. */
export async function bytesOf(stream: Readable, mostBytes: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream.iterator({ destroyOnReturn: false })) {
    size += (piece as Uint8Array).length;
    if (size > mostBytes) throw new BodyTooLargeError(mostBytes);
    pieces.push(piece as Uint8Array);
  }
  return Buffer.concat(pieces);
}
