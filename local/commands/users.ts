import { text } from 'node:stream/consumers';
import { stackCredentials } from 'one-machine/guard/credentials.ts';
import { commandLine } from 'one-machine/terminal/command-line.ts';
import * as edit from '../../lambdas/kit/api/authentication/edit-users.ts';
import { mostOverlapHours, type User, type Way, ways } from '../../lambdas/kit/api/authentication/users.ts';
import { usersSecretName } from '../callers/console-token.ts';
import { overlapMs } from '../callers/overlap.ts';
import { accountStore, localStore, type UserStore } from '../callers/secret-store.ts';
import { settingsFromEnvironment } from '../settings.ts';
import { runningStack } from './running.ts';

const usage = `npm run users -- <what> [options]

  list                          users with their permissions, and tokens; never a password
  add <name>                    a new user; prints the password, once
  give <name> <permission>      operate (ledger, runs, corrections, schedules), or admin (all, and what is others')
  take <name> <permission>
  tenants <name> [a,b]          whose data the user works with in the recommender; without a list, nobody's
  bind <name> [--only x]        let in by the named ways alone; without --only by all
  rotate <name>                 a new password; prints it, once; the one of before is refused, unless there is an overlap
  disable <name>, enable <name>
  remove <name>
  token add <name> [--note x]   a new Bearer token; prints it, once
  token revoke <id>

  --permission <permission>     with add, as often as needed: what the user is given; --admin is short for one
  --overlap <12h or 7d>         with rotate: for so long both passwords let the user in; 30d at most
  --only <ways>                 with add and bind: of basic, hmac and token, comma separated
  --password-stdin              with add and rotate: the password that a client has already, from standard input
  --environment <name>          of that environment on AWS, with the shell's credentials; without it, of this machine
  --profile <name>, --region <name>`;

/** `npm run users`: who may call the API. A change is known to all functions within a minute. */
try {
  const { values, positionals } = commandLine(usage, {
    words: { most: 3 },
    options: {
      admin: { type: 'boolean', default: false },
      permission: { type: 'string', multiple: true, default: [] },
      note: { type: 'string', default: '' },
      only: { type: 'string' },
      overlap: { type: 'string' },
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
  const change = changeOf(positionals, {
    ...values,
    password,
    only: values.only === undefined ? undefined : waysIn(values.only),
    until: values.overlap === undefined ? undefined : endOf(values.overlap),
  });
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
  readonly permission: readonly string[];
  readonly note: string;
  readonly password: string | undefined;
  readonly only: readonly Way[] | undefined;
  /** Until then the password of before lets the user in as well. */
  readonly until: Date | undefined;
}

function endOf(overlap: string): Date {
  const ms = overlapMs(overlap);
  if (ms > mostOverlapHours * 3_600_000) throw new Error(`--overlap is at most ${mostOverlapHours / 24}d.`);
  return new Date(Date.now() + ms);
}

/** `hmac,token` as the ways they name. */
function waysIn(list: string): readonly Way[] {
  return list.split(',').map((word) => {
    const way = ways.find((one) => one === word.trim());
    if (way === undefined) throw new Error(`--only takes ${ways.join(', ')}, comma separated; not "${word}".`);
    return way;
  });
}

type Change = (users: readonly User[]) => edit.Edited;

/** What the words ask for; nothing for a list. */
function changeOf(words: readonly string[], options: Options): Change | undefined {
  const { admin, permission, note, password, only, until } = options;
  const [what = 'list', name = '', owner = ''] = words;
  const given = [...new Set([...permission, ...(admin ? ['admin'] : [])])].map(edit.permissionOf);
  const changes: Readonly<Record<string, readonly [words: number, change: Change]>> = {
    add: [2, (users) => edit.addUser(users, name, { password, permissions: given, only })],
    give: [3, (users) => edit.givePermission(users, name, owner)],
    take: [3, (users) => edit.takePermission(users, name, owner)],
    tenants: [words.length === 2 ? 2 : 3, (users) => edit.setTenants(users, name, owner)],
    bind: [2, (users) => edit.bindUser(users, name, only)],
    rotate: [2, (users) => edit.rotatePassword(users, name, { given: password, until })],
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
  const lines = users.flatMap(({ name, disabled, permissions, tenants = [], only, previous, tokens }) => [
    [
      name,
      ...permissions,
      ...(disabled ? ['disabled'] : []),
      ...(only ? [`only ${only.join(',')}`] : []),
      ...(previous ? [`password of before until ${previous.until}`] : []),
      ...(tenants.length > 0 ? [`tenants ${tenants.join(',')}`] : []),
    ].join('  '),
    ...tokens.map(({ id, created, note }) => `  token ${id}  ${created.slice(0, 10)}  ${note}`.trimEnd()),
  ]);
  return lines.length === 0 ? 'There are no users.' : lines.join('\n');
}
