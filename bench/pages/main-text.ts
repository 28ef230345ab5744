import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { readingLimits } from '#pages/contract.ts';
import { pageExtractor } from '#pages/extraction/page-extractor.ts';
import { mainText } from '#pages/main-text.ts';
import { rawText } from '#pages/raw-text.ts';
import { type Benchmark, type Figure, figure, say } from '../figures.ts';
import { crossValidated } from './cross-validation.ts';
import { meanF1 } from './main-text-score.ts';
import { type Page, readPages } from './marked-pages.ts';

// ground-truth.json and html/*.html.gz, as the article extraction benchmark has them.
const folder = process.env.BENCH_PAGES;
// The folder of an installed defuddle: it is no dependency of ours.
const defuddle = process.env.BENCH_DEFUDDLE;
const python = process.env.BENCH_PYTHON ?? 'python3';
const script = path.join(import.meta.dirname, 'trafilatura-texts.py');

type Extract = (html: string) => string | Promise<string>;

/** Articles found by what we use, its parts alone, and other libraries, on pages whose article people marked. */
export const benchmark: Benchmark = {
  title: 'main text: mean F1 of 4-word shingles on the pages of BENCH_PAGES, and the time of a page',
  async measure() {
    if (folder === undefined || !existsSync(folder)) {
      say('  nothing to read: BENCH_PAGES names the folder of the pages');
      return [];
    }
    const pages = readPages(folder);
    say(`  ${pages.length} pages`);
    const figures = [
      ...(await measured('ours', pages, (html) => mainText(html).text)),
      ...(await measured('ours, in its thread', pages, inThread())),
      ...(await measured('Readability over linkedom alone', pages, readabilityAlone)),
      ...(await measured('all text of the page', pages, rawText)),
    ];
    if (defuddle === undefined) say('  without defuddle: BENCH_DEFUDDLE names no folder of it');
    else figures.push(...(await measured('defuddle over linkedom', pages, await defuddleIn(defuddle))));
    figures.push(...crossValidated(pages));
    return [...figures, ...(await trafilatura(folder, pages))];
  },
};

async function measured(name: string, pages: readonly Page[], extract: Extract): Promise<Figure[]> {
  const found: { expected: string; found: string }[] = [];
  const times: number[] = [];
  for (const { html, expected } of pages) {
    const began = performance.now();
    found.push({ expected, found: await extract(html) });
    times.push(performance.now() - began);
  }
  return [figure(`${name}: mean F1`, '', [meanF1(found)]), figure(`${name}: a page`, 'ms', times)];
}

/** As the functions read it: bytes in, text out, the thread's messages included. */
function inThread(): Extract {
  const extract = pageExtractor(readingLimits);
  const contentType = 'text/html; charset=utf-8';
  return async (html) =>
    (await extract({ url: 'https://pages.example/', contentType, body: Buffer.from(html) }, html.length * 4 + 1))
      .content;
}

function readabilityAlone(html: string): string {
  return new Readability(parseHTML(html).document).parse()?.textContent ?? '';
}

async function defuddleIn(installed: string): Promise<Extract> {
  const module: { Defuddle: (html: unknown, url: string) => Promise<{ content: string }> } = await import(
    pathToFileURL(path.join(installed, 'dist/node.js')).href
  );
  return async (html) => rawText((await module.Defuddle(parseHTML(html).document, 'https://pages.example/')).content);
}

/** Where the machine has it: one process over all pages, which prints their texts as JSON. */
async function trafilatura(from: string, pages: readonly Page[]): Promise<Figure[]> {
  const run = promisify(execFile);
  try {
    await run(python, ['-c', 'import trafilatura']);
  } catch {
    say(`  without trafilatura: ${python} has none`);
    return [];
  }
  const { stdout } = await run(python, [script, from], { maxBuffer: 64 * 1024 * 1024 });
  const texts: Readonly<Record<string, { readonly text: string; readonly ms: number }>> = JSON.parse(stdout);
  const found = pages.map(({ id, expected }) => ({ expected, found: texts[id]?.text ?? '' }));
  return [
    figure('trafilatura: mean F1', '', [meanF1(found)]),
    figure(
      'trafilatura: a page',
      'ms',
      Object.values(texts).map(({ ms }) => ms),
    ),
  ];
}
