import { createHmac } from 'node:crypto';
import { claimInForm, sameText, signingKey } from '../../../guard/signature.ts';
import type { Signed } from '../access.ts';
import type { Store } from '../call.ts';
import { invalidArgument, S3Error } from '../errors.ts';

/** The fields of a form, by their names in small letters. */
export type Fields = ReadonlyMap<string, string>;

/** What a policy lets in. */
export interface Allowed {
  readonly signed: Signed;
  /** Bytes of the file. */
  readonly least: number;
  readonly most: number;
}

// Fields that no condition needs to name.
const free = new Set(['policy', 'x-amz-signature', 'bucket']);

/** Refuses a form that no key of this machine signed, or that its own policy doesn't let in. Source: S3 API Reference, "POST Policy". */
export async function checkPolicy({ credentials }: Store, fields: Fields): Promise<Allowed> {
  const text = fields.get('policy');
  if (text === undefined) throw denied('The form is not signed, and no bucket here is public.');
  const claim = claimInForm(fields);
  if (!claim) throw invalidArgument('The form has no whole signature of version 4.');
  const signer = credentials.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);
  if (!signer) throw new S3Error(403, 'InvalidAccessKeyId', 'The access key ID you provided does not exist here.');
  const key = await signingKey(signer, claim);
  if (!sameText(createHmac('sha256', key).update(text).digest('hex'), claim.signature))
    throw new S3Error(403, 'SignatureDoesNotMatch', 'The signature does not match the policy.');
  const { expiration, conditions } = readPolicy(text);
  if (!(Date.parse(expiration) > Date.now())) throw denied('Invalid according to Policy: Policy expired.');
  return { signed: { claim, signer }, ...checkConditions(conditions, fields) };
}

type Condition = Readonly<Record<string, unknown>> | readonly unknown[];

interface Policy {
  readonly expiration: string;
  readonly conditions: readonly Condition[];
}

function readPolicy(text: string): Policy {
  let policy: Partial<Policy> | null = null;
  try {
    policy = JSON.parse(Buffer.from(text, 'base64').toString()) as Partial<Policy> | null;
  } catch {
    // As every other text that is no policy.
  }
  const { expiration, conditions } = policy ?? {};
  if (typeof expiration === 'string' && Array.isArray(conditions)) return { expiration, conditions };
  throw new S3Error(400, 'InvalidPolicyDocument', 'Invalid Policy: Invalid JSON.');
}

function checkConditions(conditions: readonly Condition[], fields: Fields): { least: number; most: number } {
  const named = new Set<string>();
  let length = { least: 0, most: Number.POSITIVE_INFINITY };
  for (const condition of conditions) {
    const [kind, first, second] = Array.isArray(condition) ? condition : exactly(condition);
    if (kind === 'content-length-range') {
      length = { least: Number(first), most: Number(second) };
      continue;
    }
    const name = String(first).replace(/^\$/, '').toLowerCase();
    named.add(name);
    if (!holds(String(kind), fields.get(name) ?? '', String(second)))
      throw denied(`Invalid according to Policy: Policy Condition failed: ${JSON.stringify(condition)}`);
  }
  const extra = [...fields.keys()].filter(
    (name) => !named.has(name) && !free.has(name) && !name.startsWith('x-ignore-'),
  );
  if (extra.length > 0) throw denied(`Invalid according to Policy: Extra input fields: ${extra.join(', ')}`);
  return length;
}

/** `{"key": "a"}` is `["eq", "$key", "a"]`. */
function exactly(condition: object): readonly unknown[] {
  return ['eq', ...(Object.entries(condition)[0] ?? [])];
}

function holds(kind: string, value: string, wanted: string): boolean {
  return (kind === 'eq' && value === wanted) || (kind === 'starts-with' && value.startsWith(wanted));
}

function denied(message: string): S3Error {
  return new S3Error(403, 'AccessDenied', message);
}
