import { stackCredentials } from 'one-machine/guard/credentials.ts';
import { commandLine, program, UsageError } from 'one-machine/terminal/command-line.ts';
import { rotatedKey, signingKeysIn } from '../../lambdas/kit/api/signing-keys.ts';
import { overlapMs } from '../callers/overlap.ts';
import { accountSecret, localSecret, type SecretPlace, type SecretStore } from '../callers/secret-store.ts';
import { settingsFromEnvironment } from '../settings.ts';
import { runningStack } from './running.ts';

const usage = `npm run keys -- <what> [options]

  show <key>                    the key that signs, and one before it that is still accepted
  rotate <key>                  a new one; the one of now is accepted for the overlap as well

  keys: links                   signs the addresses of files in mails and answers
        callbacks               signs what callers are told of their tasks: they hold it too

  --overlap <12h or 30d>        180d for links, as long as the files behind them are kept; 7d for callbacks
  --environment <name>          of that environment on AWS, with the shell's credentials; without it, of this machine
  --profile <name>, --region <name>`;

interface Key extends SecretPlace {
  /** On this machine. */
  readonly name: string;
  readonly overlap: string;
}

const keys: Readonly<Record<string, Key>> = {
  links: {
    stack: 'Pipelines-briefs',
    logicalId: 'BriefsLinksSecret',
    what: 'key of links',
    name: 'Briefs-Links-Secret',
    overlap: '180d',
  },
  callbacks: {
    stack: 'Pipelines-tasks',
    logicalId: 'TasksCallbackKey',
    what: 'key of callbacks',
    name: 'Tasks-CallbackKey',
    overlap: '7d',
  },
};

/** `npm run keys`: the stack's own keys, of which two are accepted while one is rotated. */
async function main(): Promise<void> {
  const { values, positionals } = commandLine(usage, {
    words: { least: 2, most: 2 },
    options: {
      overlap: { type: 'string' },
      environment: { type: 'string' },
      profile: { type: 'string' },
      region: { type: 'string' },
    },
  });
  const [what, name = ''] = positionals;
  const key = keys[name];
  if (key === undefined || (what !== 'show' && what !== 'rotate')) throw new UsageError(usage);
  if (values.profile !== undefined) process.env.AWS_PROFILE = values.profile;
  const store = await storeFor(key, values);
  if (what === 'rotate') await rotate(store, overlapMs(values.overlap ?? key.overlap));
  process.stdout.write(`${shown(await store.read())}\n`);
}

async function storeFor(
  key: Key,
  { environment, region }: { readonly environment?: string; readonly region?: string },
): Promise<SecretStore> {
  if (environment !== undefined) return accountSecret(environment, key, { region });
  const { secrets } = await runningStack();
  const { aws } = await stackCredentials(settingsFromEnvironment().directory);
  return localSecret(secrets, key.name, aws);
}

async function rotate(store: SecretStore, overlap: number): Promise<void> {
  await store.write(rotatedKey(await store.read(), { now: new Date(), overlapMs: overlap }));
}

function shown(text: string): string {
  const found = signingKeysIn(text, new Date());
  if (!found) throw new Error('The secret has no key.');
  const { signing, accepted } = found;
  return [
    `signs and is accepted:  ${signing}`,
    ...accepted.slice(1).map((key) => `is accepted as well:    ${key}`),
  ].join('\n');
}

await program(async () => {
  try {
    await main();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
});
