import { GetIdentityVerificationAttributesCommand, SESClient } from '@aws-sdk/client-ses';
import { PermanentError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';
import type { Finding } from './finding.ts';

const client = once(() => new SESClient({}));

/** SES answers, and the sender's address is confirmed. */
export async function probeMail(from: string, abortSignal: AbortSignal): Promise<Finding> {
  const command = new GetIdentityVerificationAttributesCommand({ Identities: [from] });
  const { VerificationAttributes = {} } = await client().send(command, { abortSignal });
  const status = VerificationAttributes[from]?.VerificationStatus ?? 'unknown to SES';
  if (status !== 'Success') throw new PermanentError(`The sender's address is not confirmed: ${status}`);
  return { note: 'the sender is confirmed' };
}
