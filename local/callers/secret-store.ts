import {
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { readUsers, type User, usersText } from '../../lambdas/kit/api/authentication/users.ts';
import type { Credentials } from '../guard/credentials.ts';
import { region } from '../machine.ts';

/** A secret of users, wherever it is. */
export interface UserStore {
  read(): Promise<readonly User[]>;
  write(users: readonly User[]): Promise<void>;
}

/** The users of the stack on this machine. */
export function localStore(endpoint: string, secretId: string, credentials: Credentials): UserStore {
  return storeOf(new SecretsManagerClient({ region, credentials, endpoint }), async () => secretId);
}

/** The users of an environment on AWS, with the credentials and the region of the shell or the profile. */
export function accountStore(environment: string, place: { readonly region?: string | undefined }): UserStore {
  const client = new SecretsManagerClient(place.region === undefined ? {} : { region: place.region });
  return storeOf(client, () => secretOf(client, environment));
}

function storeOf(client: SecretsManagerClient, secretId: () => Promise<string>): UserStore {
  return {
    async read() {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: await secretId() }));
      return readUsers(SecretString);
    },
    async write(users) {
      // A name or note that the functions would refuse is refused here.
      const SecretString = usersText(users);
      await client.send(new PutSecretValueCommand({ SecretId: await secretId(), SecretString }));
    },
  };
}

/** CloudFormation tags each secret with its stack and its place in it. */
async function secretOf(client: SecretsManagerClient, environment: string): Promise<string> {
  const stack = `Millrace-${environment}-Data`;
  const Filters = [{ Key: 'tag-value' as const, Values: [stack] }];
  const { SecretList = [] } = await client.send(new ListSecretsCommand({ Filters, MaxResults: 100 }));
  const found = SecretList.find(({ Tags = [] }) =>
    Tags.some(({ Key, Value }) => Key === 'aws:cloudformation:logical-id' && Value?.startsWith('Users')),
  );
  if (found?.ARN === undefined)
    throw new Error(`The stack ${stack} has no secret of users in this account and region.`);
  return found.ARN;
}
