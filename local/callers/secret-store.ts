import {
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Credentials } from 'one-machine/guard/credentials.ts';
import { region } from 'one-machine/region.ts';
import { readUsers, type User, usersText } from '../../lambdas/kit/api/authentication/users.ts';

/** The text of a secret, wherever it is. */
export interface SecretStore {
  read(): Promise<string>;
  write(text: string): Promise<void>;
}

/** A secret of users, wherever it is. */
export interface UserStore {
  read(): Promise<readonly User[]>;
  write(users: readonly User[]): Promise<void>;
}

/** Which secret of an environment it is. */
export interface SecretPlace {
  /** `Data` of `Millrace-prod-Data`. */
  readonly stack: string;
  /** How its logical id begins. */
  readonly logicalId: string;
  /** For people. */
  readonly what: string;
}

/** The secret of the users. */
const users: SecretPlace = { stack: 'Data', logicalId: 'Users', what: 'secret of users' };

/** A secret of the stack on this machine. */
export function localSecret(endpoint: string, secretId: string, credentials: Credentials): SecretStore {
  return storeOf(new SecretsManagerClient({ region, credentials, endpoint }), async () => secretId);
}

/** A secret of an environment on AWS, with the credentials and the region of the shell or the profile. */
export function accountSecret(
  environment: string,
  place: SecretPlace,
  { region: asked }: { readonly region?: string | undefined },
): SecretStore {
  const client = new SecretsManagerClient(asked === undefined ? {} : { region: asked });
  return storeOf(client, () => secretOf(client, environment, place));
}

/** The users of the stack on this machine. */
export function localStore(endpoint: string, secretId: string, credentials: Credentials): UserStore {
  return usersIn(localSecret(endpoint, secretId, credentials));
}

/** The users of an environment on AWS. */
export function accountStore(environment: string, place: { readonly region?: string | undefined }): UserStore {
  return usersIn(accountSecret(environment, users, place));
}

function usersIn({ read, write }: SecretStore): UserStore {
  return {
    read: async () => readUsers(await read()),
    // A name or note that the functions would refuse is refused here.
    write: async (list) => write(usersText(list)),
  };
}

function storeOf(client: SecretsManagerClient, secretId: () => Promise<string>): SecretStore {
  return {
    async read() {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: await secretId() }));
      return SecretString;
    },
    async write(text) {
      await client.send(new PutSecretValueCommand({ SecretId: await secretId(), SecretString: text }));
    },
  };
}

/** CloudFormation tags each secret with its stack and its place in it. */
async function secretOf(
  client: SecretsManagerClient,
  environment: string,
  { stack: part, logicalId, what }: SecretPlace,
): Promise<string> {
  const stack = `Millrace-${environment}-${part}`;
  const Filters = [{ Key: 'tag-value' as const, Values: [stack] }];
  const { SecretList = [] } = await client.send(new ListSecretsCommand({ Filters, MaxResults: 100 }));
  const found = SecretList.find(({ Tags = [] }) =>
    Tags.some(({ Key, Value }) => Key === 'aws:cloudformation:logical-id' && Value?.startsWith(logicalId)),
  );
  if (found?.ARN === undefined) throw new Error(`The stack ${stack} has no ${what} in this account and region.`);
  return found.ARN;
}
