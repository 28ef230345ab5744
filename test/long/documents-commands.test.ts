import { spawn, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keptToken } from '../../local/callers/console-token.ts';
import { smallCorpus } from '../lambdas/tagger/model/small-corpus.ts';
import { type CopiedCheckout, copyCheckout } from '../support/copied-checkout.ts';
import { askConsole, project, type StackProcess, startStackProcess } from '../support/stack-process.ts';

/** Every command of README and docs/how-to as it stands there, on one fresh stack. A request that is refused fails its page. */

/** Commands that aren't run here, and why. */
const notRun: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^npm (ci|test|start)/, 'they have made what this runs on'],
  [/^MILLRACE_DIRECTORY=/, 'a second stack: test/flows/ports.test.ts'],
  [/^(aws (?!s3 |--endpoint)|arn=|rm credentials|output\(\)|npx cdk )/, 'wants AWS'],
  [/^npm run synth$/, 'test/global-setup.ts has made it'],
  [/(users|keys) .*--environment|--profile/, 'wants AWS'],
  [/kcat/, 'not installed everywhere: test/long/kafka.test.ts'],
  [
    /failures\/(7|205)\/replay.*("input"|-d @-)|failures\/7" \| jq/s,
    'an input for a failure of one kind: test/long/operating/replays.test.ts',
  ],
  [/platform\/failures\/replay|platform\/replays\/1/, 'wants mails that failed: test/long/operating/replays.test.ts'],
  [/^(API|TOKEN|auth|json)=/, 'set to those of the stack'],
];

/** Pages that aren't run here, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  'docs/how-to/add-a-task.md': 'test/long/add-a-task.test.ts',
  'docs/how-to/generate-a-typed-client.md': 'test/long/typed-client.test.ts',
  'docs/how-to/run-on-spark.md': 'wants Spark',
};

/** What a page takes from its reader: an id, a name that isn't taken. In the order of the page. */
const taken: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  'docs/how-to/call-the-api.md': [
    [/add reports --password-stdin/, 'add reports-2 --password-stdin <<< A-password-of-24-letters'],
    [/add reports --only/, 'add reports-3 --only'],
    [/t-1a2b3c4d/, '$(npm run --silent users | grep -o "t-[0-9a-f]\\{8\\}" | tail -n 1)'],
    [/"name":"reports"/, '"name":"reports-4"'],
  ],
  'docs/how-to/backfill-and-missed-slots.md': [[/backfills\/7/, 'backfills/$BACKFILL']],
  // One that is done is not done again: others of the same kind.
  'docs/how-to/look-at-what-failed.md': [
    [/failures\/7\/resolve/, 'failures/8/resolve'],
    [/failures\/7\/discard/, 'failures/9/discard'],
  ],
  'docs/how-to/run-on-one-machine.md': [
    // No later page is to fail by chance.
    [/"crashBefore":0.1,"crashAfter":0.1/, '"crashBefore":0,"crashAfter":0'],
    [/"seconds":20/, '"seconds":1'],
    [/s3 ls/, 's3 ls --region "$AWS_REGION"'],
  ],
};

const pages = ['README.md', ...globSync('docs/how-to/*.md', { cwd: project }).sort()].flatMap((file) => {
  const blocks = [...readFileSync(path.join(project, file), 'utf8').matchAll(/^( *)```sh\n(.*?)^ *```/gms)];
  const commands = blocks.flatMap(([, , block = '']) => commandsOf(block));
  const run = commands.filter((command) => !notRun.some(([pattern]) => pattern.test(command)));
  return file in elsewhere || run.length === 0 ? [] : [{ file, script: run.join('\n') }];
});

/** Whole commands: a quotation, a backslash or a pipe at the end goes on in the next line. */
function commandsOf(block: string): string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of block.split('\n').filter((one) => !/^\s*(#|$)/.test(one))) {
    open += `${open === '' ? '' : '\n'}${line}`;
    const quoted = open.replaceAll(/'[^']*'|"(?:\\.|[^"\\])*"/gs, '');
    if (/['"]/.test(quoted.replace(/ #.*$/m, '')) || /[\\|]\s*$/.test(line)) continue;
    commands.push(open.trim());
    open = '';
  }
  return commands;
}

let copy: CopiedCheckout;
let stack: StackProcess;
let environment: NodeJS.ProcessEnv;
let places: readonly (readonly [string, string])[];

beforeAll(async () => {
  copy = await copyCheckout();
  const state = path.join(copy.directory, '.local');
  stack = await startStackProcess(state, {}, { checkout: copy.directory, flags: [] });
  await stack.line(/Ctrl-C stops everything/);
  const told = await askConsole<Record<'api' | 's3' | 'kafka' | 'site' | 'platforms' | 'database', string>>(
    stack,
    '/stack',
  );
  const api = told.api.replace(/\/$/, '');
  places = [
    ['http://127.0.0.1:4510', stack.url],
    ['http://127.0.0.1:4511', api],
    ['http://127.0.0.1:4512', told.s3],
    ['http://127.0.0.1:4517', told.site],
    ['-p 4518', `-p ${new URL(told.database).port}`],
    ['<site>', told.site],
    ['<platforms>', told.platforms.replace(/\/sample$/, '')],
  ];
  const token = await keptToken(state);
  const [, password = ''] = /password (\S+)/.exec(await stack.line(/password \S+/)) ?? [];
  environment = {
    ...process.env,
    ...{
      API: api,
      TOKEN: token,
      PASSWORD: password,
      CONSOLE: stack.url,
      SITE: told.site,
      BUCKET: 'millrace-raw-bucket',
    },
    ...{ auth: `Authorization: Bearer ${token}`, json: 'content-type: application/json' },
    AWS_ENDPOINT_URL_S3: told.s3,
    AWS_REGION: 'ap-northeast-1',
    AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.credentials.secretAccessKey,
  };
  await prepare();
}, 900_000);

afterAll(async () => {
  await stack?.interrupt();
  await copy?.forget();
});

/**
 * The files that pages take for granted, of our own making, and what is in a stack that has been used before: the
 * publication that they name, whatever day it is.
 */
async function prepare(): Promise<void> {
  const topics = ['cooking', 'gardening', 'astronomy'];
  const rows = (count: number, seed: number) =>
    smallCorpus(count, seed).map(({ text: said, label }) => `${said}\t${topics.indexOf(label)}\n`);
  const files = {
    'train.tsv': rows(300, 1).join(''),
    'dev.tsv': rows(60, 2).join(''),
    'test.tsv': rows(60, 3).join(''),
    'names.txt': topics.join('\n'),
    'u.data': '1\t1\t5\t881250949\n1\t2\t3\t881250950\n2\t1\t4\t881250951\n',
    'u.item': [1, 2]
      .map((id) => `${id}|Film ${id}|01-Jan-1995||http://films.example/${id}${'|0'.repeat(18)}|1\n`)
      .join(''),
    'a.txt': 'one two two',
  };
  await cp(path.join(project, 'training'), path.join(copy.directory, 'training'), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(copy.directory, name), content);
  const made = await bash(`
    curl -H "$json" "$SITE/sample/today" -d '{"date":"2026-11-21"}' >&2
    curl -H "$auth" -H "$json" "$API/presale/runs" -d '{"publication_date":"2026-11-21"}' >&2
    curl -H "$auth" -H "$json" -H 'x-tenant-id: demo' "$API/api/v1/scenarios" -d '{"scenario_id":"feed","name":"Feed","type":"content"}' >&2
    curl -H "$auth" -H "$json" "$API/presale/backfills" -d '{"from":"115S1","to":"115S1","counties":["W"]}'
    settled`);
  expect(made.status, made.output).toBe(0);
  environment.BACKFILL = /"id":(\d+)/.exec(made.output)?.[1];
}

/** Refusals fail, which curl alone lets pass; a run is asked for once the ones before it have ended. */
const prelude = `
set -eE -o pipefail
trap 'echo "FAILED: $BASH_COMMAND" >&2' ERR
settled() {
  until [ "$(command curl -s "$CONSOLE/executions" | jq '[.executions[] | select(.status == "RUNNING")] | length')" = 0 ]; do sleep 1; done
}
curl() {
  case "$*" in *presale/runs*-d*) settled ;; esac
  command curl -fsS "$@"
}
`;

/** What pages use beside npm and the shell. */
const tools = ['aws', 'curl', 'jq', 'md5sum', 'openssl', 'psql', 'sha256sum'];

function isInstalled(tool: string): boolean {
  return spawnSync('bash', ['-c', `command -v ${tool}`]).status === 0;
}

async function bash(script: string): Promise<{ readonly status: number | null; readonly output: string }> {
  const child = spawn('bash', ['-c', prelude + script], {
    cwd: copy.directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, output: `${out.slice(-4000)}\n${err.slice(-4000)}` };
}

test.for(pages)('$file', { timeout: 900_000 }, async ({ file, script }, { skip }) => {
  const missing = tools.filter((tool) => new RegExp(`(^|[\\s(])${tool}\\s`, 'm').test(script) && !isInstalled(tool));
  if (missing.length > 0) skip(`this machine has no ${missing.join(', ')}`);
  let own = script;
  for (const [pattern, replacement] of taken[file] ?? []) {
    expect(own, 'the page has what the test fills in').toMatch(pattern);
    own = own.replace(new RegExp(pattern, 'g'), () => replacement);
  }
  for (const [there, here] of places) own = own.replaceAll(there, here);

  const { status, output } = await bash(own);

  expect(status, output).toBe(0);
});

test('the lines that a start prints to try things work as they are pasted', async () => {
  const printed = stack.printed().split('\n');
  const from = printed.findIndex((line) => line.includes('Tag a message'));
  const pasted = (...lines: readonly (string | undefined)[]) =>
    bash(lines.map((line = '') => line.replace(/^\S+ +(?:Try it|Tag a message)? +/, '')).join('\n'));

  const tried = await pasted(printed.find((line) => line.includes('Try it')));
  const tagged = await pasted(printed[from], printed[from + 1]);

  expect(tried).toMatchObject({ status: 0, output: expect.stringContaining('"total":') });
  // The record is JSON with the message as a text in it.
  expect(tagged).toMatchObject({ status: 0, output: expect.stringContaining('sports') });
});

test('what the runbook defines at its head asks this stack, where it asks the stack', async () => {
  const [, head = ''] = /^```sh\n(.*?)^```/ms.exec(readFileSync(path.join(project, 'docs/runbook.md'), 'utf8')) ?? [];
  const functions = head.replace(/^export .*$/m, '');

  const asking = `api GET '/presale/runs?length=3' | jq -e '.result.data[0].publication_date'\ndoctor`;
  const { status, output } = await bash(`${functions}\n${asking}`);

  expect(status, output).toBe(0);
  expect(output).toContain('Everything that is required is there.');
});

test('what is not run is still there to be left out', () => {
  const all = ['README.md', ...globSync('docs/how-to/*.md', { cwd: project })].map((file) =>
    [...readFileSync(path.join(project, file), 'utf8').matchAll(/^( *)```sh\n(.*?)^ *```/gms)].flatMap(
      ([, , block = '']) => commandsOf(block),
    ),
  );
  for (const [pattern, reason] of notRun)
    expect(
      all.flat().some((command) => pattern.test(command)),
      reason,
    ).toBe(true);
  for (const file of Object.keys(elsewhere)) expect(globSync(file, { cwd: project })).toEqual([file]);
});
