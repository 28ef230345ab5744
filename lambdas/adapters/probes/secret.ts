import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { once } from '#kit/once.ts';
import type { Finding } from './finding.ts';

const client = once(() => new SecretsManagerClient({}));

/** A secret is there. Its value is not asked for. */
export async function probeSecret(arn: string, abortSignal: AbortSignal): Promise<Finding> {
  const { LastChangedDate } = await client().send(new DescribeSecretCommand({ SecretId: arn }), { abortSignal });
  return { version: LastChangedDate && `of ${LastChangedDate.toISOString().slice(0, 10)}` };
}
