import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type { User } from '../../lambdas/kit/api/authentication/users.ts';
import { usersSecretName } from '../callers/console-token.ts';
import * as edit from '../callers/edit-users.ts';
import { accountStore, localStore, type UserStore } from '../callers/secret-store.ts';
import { stackCredentials } from '../guard/credentials.ts';
import { settingsFromEnvironment } from '../settings.ts';
import { runningStack } from './running.ts';

const usage = `npm run users -- <what> [options]

  list                          users and tokens; never a password
  add <name> [--admin]          a new user; prints the password, once
  rotate <name>                 a new password; prints it, once
  disable <name>, enable <name>
  remove <name>
  token add <name> [--note x]   a new Bearer token; prints it, once
  token revoke <id>

  --password-stdin              with add and rotate: the password that a client has already, from standard input
  --environment <name>          of that environment on AWS, with the shell's credentials; without it, of this machine
  --profile <name>, --region <name>`;

/** `npm run users`: who may call the API. A change is known to all functions within a minute. */
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      admin: { type: 'boolean', default: false },
      note: { type: 'string', default: '' },
      'password-stdin': { type: 'boolean', default: false },
      environment: { type: 'string' },
      profile: { type: 'string' },
      region: { type: 'string' },
    },
  });
  if (values.profile !== undefined) process.env.AWS_PROFILE = values.profile;
  const password = values['password-stdin'] ? (await text(process.stdin)).replace(/\r?\n$/, '') : undefined;
  const store = await storeFor(values);
  const users = await store.read();
  const change = changeOf(positionals, { ...values, password });
  if (change === undefined) process.stdout.write(`${listed(users)}\n`);
  else await make(store, change(users));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function storeFor({ environment, region }: { environment?: string; region?: string }): Promise<UserStore> {
  if (environment !== undefined) return accountStore(environment, { region });
  const { secrets } = await runningStack();
  const { aws } = await stackCredentials(settingsFromEnvironment().directory);
  return localStore(secrets, usersSecretName, aws);
}

interface Options {
  readonly admin: boolean;
  readonly note: string;
  readonly password: string | undefined;
}

type Change = (users: readonly User[]) => edit.Edited;

/** What the words ask for; nothing for a list. */
function changeOf(words: readonly string[], { admin, note, password }: Options): Change | undefined {
  const [what = 'list', name = '', owner = ''] = words;
  const changes: Readonly<Record<string, readonly [words: number, change: Change]>> = {
    add: [2, (users) => edit.addUser(users, name, { password, permissions: admin ? ['admin'] : [] })],
    rotate: [2, (users) => edit.rotatePassword(users, name, password)],
    disable: [2, (users) => edit.disableUser(users, name, true)],
    enable: [2, (users) => edit.disableUser(users, name, false)],
    remove: [2, (users) => edit.removeUser(users, name)],
    'token add': [3, (users) => edit.addToken(users, owner, note, new Date())],
    'token revoke': [3, (users) => edit.revokeToken(users, owner)],
  };
  const [count, change] = changes[what === 'token' ? `token ${name}` : what] ?? [];
  if (what === 'list' && words.length <= 1) return undefined;
  if (change === undefined || words.length !== count) throw new Error(usage);
  return change;
}

async function make(store: UserStore, { users, shownOnce }: edit.Edited): Promise<void> {
  await store.write(users);
  process.stdout.write(shownOnce === undefined ? 'Done.\n' : `${shownOnce}\n`);
}

function listed(users: readonly User[]): string {
  const lines = users.flatMap(({ name, disabled, permissions, tokens }) => [
    [name, ...permissions, ...(disabled ? ['disabled'] : [])].join('  '),
    ...tokens.map(({ id, created, note }) => `  token ${id}  ${created.slice(0, 10)}  ${note}`.trimEnd()),
  ]);
  return lines.length === 0 ? 'There are no users.' : lines.join('\n');
}
