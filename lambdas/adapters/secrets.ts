import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type SigningKeys, signingKeysIn } from '#kit/api/signing-keys.ts';
import { ConfigurationError } from '#kit/env.ts';
import { once } from '#kit/once.ts';
import { objectInJson } from '#kit/text/json.ts';
import { systemClock } from './clock.ts';

// A rotated secret is taken up without a deploy; a busy function asks a few times an hour.
const keepMs = 5 * 60 * 1000;

const client = once(() => new SecretsManagerClient({}));
const kept = new Map<string, { readonly text: Promise<string>; readonly until: number }>();

/** A secret's text by ARN, fetched once and kept for five minutes. */
export function secretText(arn: string): Promise<string> {
  const known = kept.get(arn);
  if (known && Date.now() < known.until) return known.text;
  const text = freshSecretText(arn);
  kept.set(arn, { text, until: Date.now() + keepMs });
  // A failure is not kept: the next call asks again.
  text.catch(() => kept.delete(arn));
  return text;
}

/** One text field of a JSON secret. Throws {@link ConfigurationError}, never naming the value. */
export async function secretField(arn: string, field: string): Promise<string> {
  // A text that is no JSON is simply a missing field: a parser's message would quote the secret.
  const value = objectInJson(await secretText(arn))?.[field];
  if (typeof value !== 'string' || value === '')
    throw new ConfigurationError(`The secret ${arn} has no field ${field}`);
  return value;
}

/** The keys of a secret that signs, as they count now. Throws {@link ConfigurationError}, never naming a value. */
export async function signingKeys(arn: string): Promise<SigningKeys> {
  const keys = signingKeysIn(await secretText(arn), systemClock());
  if (!keys) throw new ConfigurationError(`The secret ${arn} has no field key`);
  return keys;
}

/** A secret's text as it is now, past what is kept. */
export async function freshSecretText(arn: string): Promise<string> {
  const { SecretString } = await client().send(new GetSecretValueCommand({ SecretId: arn }));
  if (SecretString === undefined) throw new ConfigurationError(`The secret ${arn} holds no text`);
  return SecretString;
}
