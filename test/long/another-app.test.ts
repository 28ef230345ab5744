import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientsOf } from '../../packages/one-machine/test/support/kafka/clients.ts';

/** An app that isn't ours, on the packed package, installed in an empty folder by the very lines of its README. */

const run = promisify(execFile);
const app = path.resolve('packages/one-machine/test/fixtures/shop');
const readme = await readFile('packages/one-machine/README.md', 'utf8');
const [, block = ''] = /## Run your own app\n\n```sh\n(.*?)```/s.exec(readme) ?? [];
const [pack = '', install = '', synth = '', start = ''] = block.split('\n').map((line) => line.split(' #')[0]?.trim());

// What vitest sets is none of theirs.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_(ENV|OPTIONS)$)/.test(name)),
);

let folder: string;
let installed: string;
let machine: ChildProcess | undefined;
let printed = '';
let missing: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'one-machine-shop-'));
  installed = path.join(folder, 'empty');
  await mkdir(installed);
  // Without it npm would install into a folder above that has one.
  await writeFile(path.join(installed, 'package.json'), '{}');
  await Promise.all([
    shell(pack, process.cwd()),
    // What `cdk synth` runs, and tells the app.
    run(process.execPath, [path.join(app, 'app.ts')], {
      env: {
        ...environment,
        CDK_OUTDIR: path.join(installed, 'cdk.out'),
        CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:enable-path-metadata': true }),
      },
    }),
  ]);
  const failure = await shell(install, installed).then(
    () => undefined,
    (error: Error) => error,
  );
  if (failure !== undefined && /E(NOTFOUND|CONNREFUSED|AI_AGAIN|TIMEDOUT|NETUNREACH)/.test(failure.message))
    missing = 'there is no registry of npm';
  else if (failure !== undefined) throw failure;
  else await startMachine();
}, 900_000);

afterAll(async () => {
  if (machine?.pid !== undefined && machine.exitCode === null) process.kill(-machine.pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function shell(line: string, cwd: string): Promise<void> {
  await run('sh', ['-ec', line.replaceAll('/tmp', folder)], { cwd, env: environment, timeout: 600_000 });
}

async function startMachine(): Promise<void> {
  machine = spawn('sh', ['-c', `exec ${start} --port 0`], { cwd: installed, env: environment, detached: true });
  for (const stream of [machine.stdout, machine.stderr])
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk;
    });
  await line(/Ready after/);
}

/** Waits for a line that is printed, and gives what it says. */
async function line(pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(printed);
    if (found) return found;
    if (machine?.exitCode !== null || machine.signalCode !== null)
      throw new Error(`It ended before it printed ${pattern}:\n${printed}`);
    await sleep(50);
  }
}

async function clientSettings(endpoint: string) {
  const file = path.join(installed, '.one-machine', 'credentials.json');
  const { aws } = JSON.parse(await readFile(file, 'utf8')) as { aws: { accessKeyId: string; secretAccessKey: string } };
  return { endpoint, credentials: aws, region: 'ap-northeast-1' };
}

test('the README says how an app is run', () => {
  expect({ pack, install, synth, start }).toEqual({
    pack: expect.stringMatching(/^npm pack/),
    install: expect.stringMatching(/^npm install/),
    synth: 'npx cdk synth',
    start: 'npx one-machine cdk.out',
  });
});

describe('what is installed', () => {
  test('is JavaScript with declarations', async ({ skip }) => {
    if (missing) return skip(missing);
    const files = await readdir(path.join(installed, 'node_modules/one-machine'), { recursive: true });

    expect(files).toEqual(expect.arrayContaining(['dist/machine.js', 'dist/machine.d.ts', 'README.md']));
    expect(files.filter((file) => /(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  test('answers a route, whose function reads a secret, and hands its message to the consumer of the queue', async ({
    skip,
  }) => {
    if (missing) return skip(missing);
    const [, api] = await line(/ API +(http\S+)/);
    const [, secrets = '', name] = await line(/ Secrets +(http\S+): (\S+)/);
    const body = JSON.stringify({ item: 'apple' });
    const response = await fetch(`${api?.replace(/\/$/, '')}/orders`, { method: 'POST', body });
    const { SecretString = '' } = await new SecretsManagerClient(await clientSettings(secrets)).send(
      new GetSecretValueCommand({ SecretId: name }),
    );

    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ signature: createHmac('sha256', SecretString).update(body).digest('hex') });
    await line(/packOrder +Packed \{"item":"apple"\}/);
  });

  test('hands records of a topic to their function', async ({ skip }) => {
    if (missing) return skip(missing);
    const [, brokers = ''] = await line(/ Kafka +(\S+): clicks/);
    const kafka = clientsOf(brokers);
    await kafka.producer().send({ messages: [{ topic: 'clicks', value: Buffer.from('on the pears') }] });
    await kafka.close();

    await line(/readClick +Clicked on the pears/);
  });

  test('tells a function of an object in its place, and of no other', async ({ skip }) => {
    if (missing) return skip(missing);
    const [, endpoint = '', Bucket] = await line(/ S3 +(http\S+): (\S+)/);
    const s3 = new S3Client({ ...(await clientSettings(endpoint)), forcePathStyle: true });
    for (const Key of ['out/elsewhere.csv', 'in/price list.csv'])
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'pear,4' }));
    s3.destroy();

    await line(/seeFile +Saw machine-files\/in\/price\+list\.csv, 6 bytes/);
    expect(printed).not.toContain('elsewhere');
  });

  test('is asked from a second terminal as the README says', async ({ skip }) => {
    if (missing) return skip(missing);
    const lacking = ['aws', 'curl', 'jq'].filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
    if (lacking.length > 0) return skip(`this machine has no ${lacking.join(', ')}`);
    const [, api = ''] = await line(/ API +(http\S+)/);
    const [, s3 = ''] = await line(/ S3 +(http\S+): /);
    const [, asked = ''] = [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, lines = '']) => lines);
    const places = { 'http://127.0.0.1:4511': api.replace(/\/$/, ''), 'http://127.0.0.1:4512': s3.replace(/\/$/, '') };
    const here = Object.entries(places).reduce((text, [there, place]) => text.replaceAll(there, place), asked);

    await writeFile(path.join(installed, 'list.csv'), 'pear,4\n');
    await run('sh', ['-ec', here.replace('curl ', 'curl -fsS ')], { cwd: installed, env: environment });

    await line(/seeFile +Saw machine-files\/in\/list\.csv, 7 bytes/);
  });

  test('starts the state machine by its schedule, which prices each item at the second try', async ({ skip }) => {
    if (missing) return skip(missing);

    for (const item of ['apple', 'pear', 'plum']) {
      await line(new RegExp(`${item} +Price: NotYet, again`));
      await line(new RegExp(`priceOf +Priced ${item}`));
    }
    await line(/ended: SUCCEEDED/);
  });

  test('refuses by name what it does not run', async ({ skip }) => {
    if (missing) return skip(missing);
    const other = path.join(folder, 'cdk.other');
    await cp(path.join(installed, 'cdk.out'), other, { recursive: true });
    const file = path.join(other, 'Shop.template.json');
    const template = JSON.parse(await readFile(file, 'utf8')) as { Resources: Record<string, object> };
    template.Resources.Carts = { Type: 'AWS::DynamoDB::Table', Properties: {} };
    await writeFile(file, JSON.stringify(template));
    const refused = run('npx', ['one-machine', '--port', '0', '--folder', 'other', other], {
      cwd: installed,
      env: environment,
    });

    await expect(refused).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Carts: the type AWS::DynamoDB::Table'),
    });
  });

  test('ends by Ctrl-C', async ({ skip }) => {
    if (missing) return skip(missing);
    // The terminal tells all processes of it; npx ends by the signal itself.
    process.kill(-(machine?.pid ?? 0), 'SIGINT');

    await expect.poll(() => printed).toMatch(/Stopping\n.*Stopped\n$/s);
  });
});
