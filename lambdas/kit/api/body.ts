import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { BodyTooLargeError, PermanentError } from '../errors.ts';
import { parsedJson } from '../text/json.ts';
import { notText, placeOfNoText } from '../text/well-formed.ts';

/** What a route says of its body. */
interface Taken {
  readonly body: z.ZodType;
  /** Also takes forms: every value is text then. */
  readonly form?: true;
  /** Fields that came beside the body: those of the body go before them. */
  readonly beside?: Readonly<Record<string, unknown>> | undefined;
}

/** What came as a body, and the schema that reads it. */
export interface GivenBody {
  readonly schema: z.ZodType;
  readonly value: unknown;
}

// Files go to the bucket; what is said in JSON is short. It also bounds how much there is to complain about.
const bodyLimit = 256 * 1024;
// Far below what overflows the stack of whatever reads, checks or writes a value by recursion (PostgreSQL: some 6,000).
const mostNested = 500;

/**
 * The body as its content type says. Throws BodyTooLargeError, and PermanentError for a multi-part form that can't be
 * read; text that is no JSON is the schema's finding.
 */
export async function givenBody({ body, form, beside }: Taken, event: APIGatewayProxyEventV2): Promise<GivenBody> {
  const bytes = bytesOf(event);
  const type = event.headers['content-type'] ?? '';
  // UTF-8 whatever a charset says, as the clients' other server had it; without a byte-order mark.
  const text = new TextDecoder().decode(bytes);
  if (form) {
    // An empty form has no content type, or whichever its client always sends.
    if (bytes.length === 0 && !/json/i.test(type)) return { schema: body, value: {} };
    if (isType(type, 'application/x-www-form-urlencoded'))
      return { schema: body, value: fieldsOf(new URLSearchParams(text)) };
    if (isType(type, 'multipart/form-data')) return { schema: body, value: fieldsOf(await partsOf(bytes, type)) };
  }
  if (beside) return { schema: jsonOrNothing.transform((given) => merged(beside, given)).pipe(body), value: text };
  // Where the schema stands for a body that isn't there, none need be sent.
  const json = body.safeParse(undefined).success ? jsonOrNothing : jsonText;
  return { schema: json.pipe(body), value: text };
}

function isType(header: string, type: string): boolean {
  return header.split(';', 1)[0]?.trim().toLowerCase() === type;
}

function bytesOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Buffer {
  // API Gateway hands forms over in base64, and so whatever has no content type.
  const length = isBase64Encoded ? Buffer.byteLength(body, 'base64') : body.length;
  if (length > bodyLimit) throw new BodyTooLargeError(`A body has at most ${bodyLimit} characters.`);
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}

/**
 * The first of two fields of one name counts, as existing clients know it. An empty field is left out: forms send
 * every field there is.
 */
function fieldsOf(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of pairs) if (value !== '' && !fields.has(name)) fields.set(name, value);
  return Object.fromEntries(fields);
}

/** The parts of a form by their names; of one that came as a file, its text. */
async function partsOf(bytes: Buffer, type: string): Promise<readonly (readonly [string, string])[]> {
  // Node's own reader of fetch: no dependency of ours.
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } })
    .formData()
    .catch((cause: unknown) => {
      throw new PermanentError('The body is not a multi-part form as its content type says.', { cause });
    });
  return Promise.all(
    [...form].map(async ([name, value]) => [name, typeof value === 'string' ? value : await value.text()] as const),
  );
}

/** The issue of a body that is no JSON has these `params`. */
export const notJson = { notJson: true } as const;

const jsonText = z.string().transform(parseJson);
const jsonOrNothing = z.string().transform((text, context) => (text === '' ? undefined : parseJson(text, context)));

function parseJson(text: string, context: z.RefinementCtx): unknown {
  const read = readJson(text);
  if (read === undefined) {
    context.addIssue({ code: 'custom', message: 'Invalid input: not JSON.', params: notJson });
    return z.NEVER;
  }
  const path = placeOfNoText(read.value, text);
  if (path === undefined) return read.value;
  context.addIssue({ code: 'custom', message: notText, path: [...path] });
  return z.NEVER;
}

/** Leaves what is no object as it is: the schema then refuses it. */
function merged(beside: Readonly<Record<string, unknown>>, given: unknown): unknown {
  if (given === undefined) return beside;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  return { ...beside, ...given };
}

/** The value of JSON text; `undefined` for what is none, or is nested deeper than anything that means something. */
export function readJson(text: string): { readonly value: unknown } | undefined {
  if (isTooDeep(text)) return undefined;
  const { value } = parsedJson(text);
  return value === undefined ? undefined : { value };
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInText && character === '\\') at += 1;
    else if (character === '"') isInText = !isInText;
    else if (!isInText && (character === '[' || character === '{')) depth += 1;
    else if (!isInText && (character === ']' || character === '}')) depth -= 1;
    if (depth > mostNested) return true;
  }
  return false;
}
