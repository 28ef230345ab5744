import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readUsers, type User, usersText } from '#kit/api/authentication/users.ts';
import { once } from '#kit/once.ts';
import { freshSecretText } from '../secrets.ts';

const client = once(() => new SecretsManagerClient({}));

/** The users as their secret has them now; what is written is known to all functions within a minute. */
export function keptUsers(secretArn: string) {
  return {
    read: async () => readUsers(await freshSecretText(secretArn)),
    async write(users: readonly User[]): Promise<void> {
      await client().send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: usersText(users) }));
    },
  };
}
