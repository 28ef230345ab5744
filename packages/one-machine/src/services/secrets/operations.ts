import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { ServiceError } from '../service-error.ts';
import type { StoredSecret, Vault } from './vault.ts';

// Strict: a parameter that would change the answer is refused, not ignored.
const inputs = {
  GetSecretValue: z.strictObject({
    SecretId: z.string(),
    VersionId: z.string().optional(),
    VersionStage: z.string().optional(),
  }),
  DescribeSecret: z.strictObject({ SecretId: z.string() }),
  PutSecretValue: z.strictObject({
    SecretId: z.string(),
    SecretString: z.string(),
    ClientRequestToken: z.string().optional(),
  }),
  ListSecrets: z.strictObject({ MaxResults: z.number().optional() }),
};

/** Answers one request of the JSON 1.1 protocol. */
export async function answerTo(vault: Vault, headers: IncomingHttpHeaders, body: string): Promise<object> {
  const operation = /^secretsmanager\.(\w+)$/.exec(String(headers['x-amz-target'] ?? ''))?.[1];
  if (!operation) throw new ServiceError(400, 'UnknownOperationException', 'Only Secrets Manager is spoken here.');
  switch (operation) {
    case 'GetSecretValue':
      return getSecretValue(vault, read(inputs.GetSecretValue, body));
    case 'DescribeSecret':
      return description(vault.find(read(inputs.DescribeSecret, body).SecretId));
    case 'PutSecretValue':
      return putSecretValue(vault, read(inputs.PutSecretValue, body));
    case 'ListSecrets':
      read(inputs.ListSecrets, body);
      return { SecretList: vault.list().map(description) };
    default:
      throw new ServiceError(501, 'NotImplemented', `${operation} is not supported on one machine.`);
  }
}

function getSecretValue(vault: Vault, input: z.infer<typeof inputs.GetSecretValue>): object {
  const secret = vault.find(input.SecretId);
  const isCurrent =
    (input.VersionId ?? secret.version) === secret.version && (input.VersionStage ?? 'AWSCURRENT') === 'AWSCURRENT';
  if (!isCurrent) {
    throw new ServiceError(400, 'ResourceNotFoundException', 'Only the current version of a secret is kept.');
  }
  return { ...versionOf(secret), SecretString: secret.value, CreatedDate: seconds(secret) };
}

async function putSecretValue(vault: Vault, input: z.infer<typeof inputs.PutSecretValue>): Promise<object> {
  return versionOf(await vault.put(input.SecretId, input.SecretString, input.ClientRequestToken));
}

function versionOf({ arn, id, version }: StoredSecret): object {
  return { ARN: arn, Name: id, VersionId: version, VersionStages: ['AWSCURRENT'] };
}

function description(secret: StoredSecret): object {
  const { arn, id, version } = secret;
  return { ARN: arn, Name: id, LastChangedDate: seconds(secret), VersionIdsToStages: { [version]: ['AWSCURRENT'] } };
}

/** The protocol's timestamps. */
function seconds({ changedAt }: StoredSecret): number {
  return changedAt.getTime() / 1000;
}

function read<S extends z.ZodType>(schema: S, body: string): z.output<S> {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  // The message names fields, never their values.
  throw new ServiceError(400, 'InvalidParameterException', z.prettifyError(parsed.error));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ServiceError(400, 'SerializationException', 'The body is not JSON.');
  }
}
