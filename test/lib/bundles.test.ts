import { closeSync, globSync, openSync, readSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { consoleFolder } from '../../lambdas/platform/console/contract.ts';
import { docsFileNames } from '../../lambdas/platform/docs/files.ts';
import { handlerOf } from '../../lib/inventory/assembly.ts';
import { prod } from './assemblies.ts';

const megabyte = 1024 * 1024;
// ELF header: magic number at 0, machine at 18; 0xB7 is AArch64.
const magic = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const aarch64 = 0xb7;

/** `undefined` for a file that is no ELF binary. */
function machineOf(file: string): number | undefined {
  const header = Buffer.alloc(20);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, header);
  closeSync(descriptor);
  return header.subarray(0, 4).equals(magic) ? header.readUInt16LE(18) : undefined;
}

// What tags reads its model, its rules and the dictionary of words beside its code.
const tagging = ['default-rules.json', 'jieba_rs_wasm_bg.wasm', 'topics.model', 'words.dictionary'];
// What reads pages starts a thread of its own with this file.
const pageThread = ['page-worker.mjs', 'page-worker.mjs.map'];
// Functions run in processes of their own, whose program lies there too.
const running = [...tagging, 'run-function.mjs', 'run-function.mjs.map'];
const assetsOf: Readonly<Record<string, readonly string[]>> = {
  // Words are cut with the dictionary, and drawn with a font by a rasterizer that is WebAssembly.
  'briefs/export-stage': ['index_bg.wasm', 'jieba_rs_wasm_bg.wasm', 'noto-sans-sc.ttf'],
  'platform/check-outside': ['dependencies.json'],
  'platform/query-api': ['query-tables.json'],
  'platform/docs': docsFileNames.map((name) => `${name}.gz`),
  // Words are cut for vectors.
  'recommender/make-vectors': ['jieba_rs_wasm_bg.wasm'],
  'tagger/api': ['topics.model'],
  'tagger/fetch-pages': pageThread,
  'tagger/tag-messages': tagging,
  'tagger/tag-pages': tagging,
  'tagger/try': [...tagging, ...pageThread],
  // Whoever knows the functions knows those of the tagger.
  'tasks/api': tagging,
  'tasks/sweep-tasks': tagging,
  'tasks/run-tasks': running,
  'tasks/run-long-tasks': running,
  'tasks/run-turn': running,
  'tasks/start-scheduled': tagging,
};

// The Kafka client brings 1 MB of protocol and compression.
const megabytesOf: Readonly<Record<string, number>> = {
  // Those that know the platforms read HTML: the names of its characters.
  'briefs/api': 1.25,
  'briefs/store-articles': 1.25,
  'briefs/sweep-briefs': 1.25,
  // Workbooks, and the outlines of a font.
  'briefs/export-stage': 1.75,
  'briefs/read-answer': 2.25,
  'platform/check-inside': 2,
  'platform/topics-api': 2,
  // Of models: reading and writing them, and the recommender's API has all rooms.
  'recommender/api': 1.5,
  'recommender/run-scenario': 1.5,
  'recommender/train-scenario': 1.5,
  // Files of columns.
  'recommender/cleanup-expired-cache': 1.25,
  'recommender/write-files': 1.25,
  'recommender/ingest-items': 2,
  'recommender/track': 1.5,
  'tagger/api': 2,
  'tagger/tag-messages': 2.25,
  'tagger/tag-pages': 2.25,
  'tasks/api': 1.5,
  'tasks/run-tasks': 1.5,
  'tasks/run-long-tasks': 1.5,
  'tasks/sweep-tasks': 1.5,
  'tasks/run-turn': 1.5,
  'tasks/start-scheduled': 1.5,
};

describe.each(prod.functions.map((resource) => ({ handler: handlerOf(resource), folder: prod.codeOf(resource) })))(
  'the bundle of $handler',
  ({ handler, folder }) => {
    const limit = megabytesOf[handler] ?? 1;
    // What the console is made of has names with digests; its budget is a test of its own.
    const isOther = (file: string) => statSync(file).isFile() && !file.startsWith(`${folder}/${consoleFolder}/`);
    const files = globSync(`${folder}/**/*`).filter(isOther);

    test('is code and its map, and what it reads', () => {
      const expected = ['index.mjs', 'index.mjs.map', ...(assetsOf[handler] ?? [])].sort();
      expect(files.map((file) => file.slice(folder.length + 1)).sort()).toEqual(expected);
    });

    test(`is under ${limit} MB`, () => {
      expect(statSync(`${folder}/index.mjs`).size).toBeLessThan(limit * megabyte);
    });

    test('holds no binary of another architecture', () => {
      for (const file of files) expect([undefined, aarch64], file).toContain(machineOf(file));
    });
  },
);

test('the check for binaries knows one when it sees one', () => {
  expect(machineOf(process.execPath)).toBeTypeOf('number');
});
