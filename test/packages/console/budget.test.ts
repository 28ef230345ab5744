import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { buildConsole } from '../../../packages/console/build/build.ts';

/** What a browser loads before the first page of the console stands. */

const kilobyte = 1024;
let folder: string;
let page: string;

beforeAll(async () => {
  folder = await buildConsole();
  page = gunzipSync(readFileSync(path.join(folder, 'index.html.gz'))).toString();
});

/** The files that the page names, all that these import in turn at once, and what the first page itself needs. */
function loaded(ending: string): number {
  const names = new Set([...page.matchAll(/\/console\/(assets\/[\w.-]+)/g)].map(([, name = '']) => name));
  const first = [...names].filter((name) => /^assets\/index-.+\.js$/.test(name)).map(textOf);
  // The overview is the first page there is for one who is signed in; Vite lists what a page loads beside its import.
  for (const text of first)
    for (const [, name = ''] of text.matchAll(/"(assets\/overview-[\w-]+\.(?:js|css))"/g)) names.add(name);
  return [...names]
    .filter((name) => name.endsWith(ending))
    .reduce((all, name) => all + statSync(path.join(folder, `${name}.gz`)).size, 0);
}

function textOf(name: string): string {
  return gunzipSync(readFileSync(path.join(folder, `${name}.gz`))).toString();
}

test('the first page is below 400 KB of scripts, compressed', () => {
  const bytes = loaded('.js');

  expect(bytes).toBeGreaterThan(50 * kilobyte);
  expect(bytes).toBeLessThan(400 * kilobyte);
});

test('the first page is below 250 KB of styles, compressed', () => {
  const bytes = loaded('.css');

  expect(bytes).toBeGreaterThan(10 * kilobyte);
  expect(bytes).toBeLessThan(250 * kilobyte);
});

test('no script and no style stands in the page itself, and nothing comes from another host', () => {
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/);
  expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
});
