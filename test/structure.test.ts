import { globSync, readFileSync } from 'node:fs';
import { type Function as FunctionNode, parseSync, Visitor } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { workloads } from '../lib/settings/index.ts';
import { importedPath, isOurs } from './support/imported-path.ts';

const sources = new Map(
  globSync('{bin,docs-page,lib,lambdas,training,migrations,local,packages,bench,test}/**/*.{ts,tsx}', {
    exclude: (file) => /node_modules|\bdist$|\.gen\.d\.ts$/.test(file),
  }).map((file) => [file.replaceAll('\\', '/'), readFileSync(file, 'utf8')]),
);
const filesIn = (...folders: readonly string[]) =>
  [...sources].filter(([file]) => folders.some((folder) => file.startsWith(folder)));

describe('imports', () => {
  /** What a file imports of ours, types included: by the parser, so that no way of writing it escapes. */
  function importsOf(file: string, text: string): readonly string[] {
    const { module } = parseSync(file, text);
    const names = [
      ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...module.staticExports.flatMap(({ entries }) => entries.map((entry) => entry.moduleRequest?.value ?? '')),
      ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start + 1, end - 1)),
    ];
    return names.filter(isOurs).map((name) => importedPath(file, name));
  }

  /** Every set of files of which each reaches each other (Tarjan's strongly connected components). */
  function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
    const order = new Map<string, number>();
    const lowest = new Map<string, number>();
    const open: string[] = [];
    const circles: string[][] = [];
    const lower = (file: string, to = Number.POSITIVE_INFINITY) =>
      lowest.set(file, Math.min(lowest.get(file) ?? to, to));
    const visit = (file: string) => {
      order.set(file, order.size);
      lower(file, order.get(file));
      open.push(file);
      for (const next of graph.get(file) ?? []) {
        if (!order.has(next)) {
          visit(next);
          lower(file, lowest.get(next));
        } else if (open.includes(next)) lower(file, order.get(next));
      }
      if (lowest.get(file) === order.get(file)) circles.push(open.splice(open.indexOf(file)));
    };
    for (const file of graph.keys()) if (!order.has(file)) visit(file);
    return circles.filter(([first = '', ...others]) => others.length > 0 || graph.get(first)?.includes(first));
  }

  test('go round in no circle', () => {
    const graph = new Map([...sources].map(([file, text]) => [file, importsOf(file, text)]));

    expect(circlesOf(graph)).toEqual([]);
  });

  test('that go round are found, however they are written', () => {
    const texts = {
      'lib/a.ts': "import type { B } from './b.ts';",
      'lib/b.ts': "export { c } from './c.ts';",
      'lib/c.ts': "const a = await import('./a.ts');",
      'lib/d.ts': "import '#kit/e.ts';",
      'lambdas/kit/e.ts': '',
    };
    const graph = new Map(Object.entries(texts).map(([file, text]) => [file, importsOf(file, text)]));

    expect(circlesOf(graph).map((circle) => circle.sort())).toEqual([['lib/a.ts', 'lib/b.ts', 'lib/c.ts']]);
    expect(graph.get('lib/d.ts')).toEqual(['lambdas/kit/e.ts']);
  });
});

describe('functions', () => {
  const most = 40;

  /** Those that were longer when this rule came, with the lines they had: none may grow, none may come, all may go. */
  const longer: Readonly<Record<string, number>> = {
    'lambdas/adapters/stream.ts streamProducer': 49,
    'lambdas/platform/failures/ledger-store.ts ledger': 55,
    'lambdas/presale/stores/drift-store.ts driftStore': 46,
    'lambdas/tagger/rules/rule-source.ts ruleSource': 42,
    'lambdas/tagger/stores/progress-store.ts progressStore': 43,
    'lambdas/tasks/files/file-book-store.ts fileBook': 58,
    'lambdas/tasks/stores/sweep-store.ts sweepStore': 52,
    'packages/one-machine/src/doors/http-api.ts startHttpApi': 54,
    'packages/one-machine/src/doors/http-event.ts toGatewayEvent': 44,
    'packages/one-machine/src/functions/function-host.ts startFunctionHost': 118,
    'packages/one-machine/src/functions/instance.ts invoke': 41,
    'packages/one-machine/src/services/kafka/answers/groups.ts groupAnswers': 42,
    'packages/one-machine/src/services/kafka/broker.ts startBroker': 41,
    'packages/one-machine/src/services/topic-reader.ts topicReader': 53,
    'packages/one-machine/src/state-machines/journal/batches.ts batchedJournal': 50,
    'packages/one-machine/src/template/intrinsics.ts resolverOf': 66,
    'packages/one-machine/src/template/local-references.ts localReferences': 66,
  };

  /** Every function of a file that has more than so many lines, by its name. */
  function longOnesOf(file: string, text: string, than: number): readonly (readonly [string, number])[] {
    const { program, errors } = parseSync(file, text);
    if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
    const long: [string, number][] = [];
    const names = new Map<number, string>();
    const measure = ({ id, start, end }: Pick<FunctionNode, 'start' | 'end'> & { id?: FunctionNode['id'] }) => {
      const lines = text.slice(start, end).split('\n').length;
      if (lines > than) long.push([`${file} ${id?.name ?? names.get(start) ?? 'a function without a name'}`, lines]);
    };
    const nameIt = (key: { start: number; end: number }, value: { start: number } | null) => {
      if (value) names.set(value.start, text.slice(key.start, key.end));
    };
    new Visitor({
      MethodDefinition: ({ key, value }) => nameIt(key, value),
      PropertyDefinition: ({ key, value }) => nameIt(key, value),
      Property: ({ key, value }) => nameIt(key, value),
      VariableDeclarator: ({ id, init }) => nameIt(id, init),
      FunctionDeclaration: measure,
      FunctionExpression: measure,
      ArrowFunctionExpression: measure,
    }).visit(program);
    return long;
  }

  test(`have at most ${most} lines, and of those that had more none grows`, () => {
    const found = filesIn('bin/', 'docs-page/', 'lib/', 'lambdas/', 'training/', 'local/', 'packages/').flatMap(
      ([file, text]) => (/^packages\/[^/]+\/test\//.test(file) ? [] : longOnesOf(file, text, most)),
    );

    expect(found.filter(([name, lines]) => lines > (longer[name] ?? 0))).toEqual([]);
    // One that was split leaves the list.
    expect(Object.keys(longer).filter((name) => !found.some(([long]) => long === name))).toEqual([]);
  });

  test('that are long are found, whatever kind they are', () => {
    const text = `
      function declared() {\n\n}
      const arrow = () => {\n\n};
      class Some { constructor() {\n\n} #own() {\n\n} field = () => {\n\n}; }
      const object = { method() {\n\n} };
      function short() {}
    `;

    expect(longOnesOf('x.ts', text, 2).map(([name]) => name)).toEqual(
      ['declared', 'arrow', 'constructor', '#own', 'field', 'method'].map((name) => `x.ts ${name}`),
    );
  });
});

describe('what is for all workloads', () => {
  const names = Object.keys(workloads.parse({}));
  const folders = [
    'lib/stacks/',
    'lib/constructs/',
    'lib/permissions/',
    'lib/inventory/',
    'lambdas/kit/',
    'lambdas/adapters/',
    'lambdas/platform/record/',
    'bin/',
  ];

  // Of these the kit has its own: only what can mean the workload counts, a path, an edge, a member, a text.
  const nouns: readonly string[] = ['tasks'];

  function namesIn(text: string): readonly string[] {
    const words = new Set(text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g)?.map((word) => word.toLowerCase()));
    return names.filter((name) =>
      nouns.includes(name)
        ? new RegExp(`(?<![\\w-])${name}[/-]|\\.${name}\\b|['"\`]${name}['"\`]`).test(text)
        : words.has(name),
    );
  }

  test('names no workload, not even in a comment', () => {
    const found = filesIn(...folders).filter(([, text]) => namesIn(text).length > 0);

    expect(found.map(([file]) => file)).toEqual([]);
  });

  test('of the packages that run any app knows nothing of this one, not even in a document', () => {
    const files = globSync('packages/{one-machine,eventbridge-timetable}/**/*.{ts,json,md}', {
      exclude: (file) => /node_modules|dist$/.test(file),
    });
    const found = files.filter((file) => {
      const text = readFileSync(file, 'utf8');
      return /millrace/i.test(text) || namesIn(text).length > 0;
    });

    expect(files.length).toBeGreaterThan(150);
    expect(found).toEqual([]);
  });

  test.each([
    ["import { PresaleApi } from './x.ts'", ['presale']],
    ['const taggerTopics = 1', ['tagger']],
    ['// `presale/load-county`', ['presale']],
    ["handler: 'tasks/run-turn'", ['tasks']],
    ['workloads.tasks.enabled', ['tasks']],
    ["from 'aws-cdk-lib/aws-stepfunctions-tasks'; // tasks of a state machine", []],
  ])('is found by what it names: %s', (text, found) => {
    expect(namesIn(text)).toEqual(found);
  });
});
