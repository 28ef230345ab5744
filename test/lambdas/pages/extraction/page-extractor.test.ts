import { expect, test } from 'vitest';
import { readingLimits } from '#pages/contract.ts';
import { pageExtractor } from '#pages/extraction/page-extractor.ts';

/** The thread itself, and pages that are made to stop it. What they say must come out, whatever they do. */

const keptBytes = 256 * 1024;
// A tenth of what a page has: its reader is stopped all the same, and the tests take less of the machine.
const extract = pageExtractor({ ...readingLimits, processorMs: 300, clockMs: 60_000 });
const patient = pageExtractor({ ...readingLimits, processorMs: 60_000, clockMs: 120_000 });
const page = (html: string, contentType = 'text/html; charset=utf-8') => ({
  url: 'https://pages.example/',
  contentType,
  body: Buffer.from(html),
});

const sentence = 'The harbour office said on Tuesday that the ferry, out of service since spring, will sail again. ';
const paragraphs = `<p>${sentence.repeat(3)}</p>`.repeat(5);

test('a page is its HTML, its title and its article, without what stands around it', async () => {
  const html = `<html><head><title>Ferry</title></head><body><nav><a href="/">Home</a></nav><article>${paragraphs}</article></body></html>`;
  const { content, ...rest } = await patient(page(html), keptBytes);

  expect(rest).toEqual({ title: 'Ferry', html, htmlTruncated: false });
  expect(content.split('\n')).toEqual(Array.from({ length: 5 }, () => sentence.repeat(3).trim()));
});

const hostile: Readonly<Record<string, string>> = {
  'fifty thousand pictures': `${'<img src="a.png">'.repeat(50_000)}<p>the end</p>`,
  'divisions deep inside each other, many times': `${`${'<div>'.repeat(200)}x${'</div>'.repeat(200)}`.repeat(140)}<p>the end</p>`,
  'a hundred thousand comments': `${'<!-- c -->'.repeat(100_000)}<p>the end</p>`,
  'two hundred thousand comments': `${'<!---->'.repeat(200_000)}<p>the end</p>`,
  'a million opened tags': `${'<b>'.repeat(1_000_000)}<p>the end</p>`,
  'a million closed tags': `${'</b>'.repeat(1_000_000)}<p>the end</p>`,
  'a tag of a million attributes': `<p ${Array.from({ length: 300_000 }, (_, at) => `a${at}=1`).join(' ')}>the end</p>`,
  'an attribute of four megabytes': `<p title="${'x'.repeat(4_000_000)}">the end</p>`,
  'links in links': `${'<a href="/x">x'.repeat(59_000)}<p>the end</p>`,
  'tables in tables': `${'<table><tr><td>'.repeat(19_000)}<p>the end</p>`,
  'headings that say what the title says': `<title>${'a - '.repeat(50_000)}</title>${'<h1>a</h1>'.repeat(20_000)}<p>the end</p>`,
  'a million line ends': `<pre>${' \n'.repeat(1_000_000)}</pre><p>the end</p>`,
  'a script of JSON that never ends': `<script type="application/ld+json">${'{"a":['.repeat(200_000)}</script><p>the end</p>`,
  'tags of processing instructions': `${'<?xml ?>'.repeat(200_000)}<p>the end</p>`,
  'tags without an end': `${'<p '.repeat(500_000)}><p>the end</p>`,
};

test.each(Object.entries(hostile))('%s don’t stop the text of a page', async (_what, html) => {
  const { content } = await extract(page(html), 6_000_000);

  expect(content.slice(-20)).toMatch(/the end$/);
});

test('after a page that was stopped the next one is read as ever', async () => {
  const stopped = extract(page(hostile['fifty thousand pictures'] ?? ''), keptBytes);
  const next = extract(page('<title>T</title><p>next</p>'), keptBytes);

  expect((await stopped).content).toBe('the end');
  expect(await next).toMatchObject({ title: 'T', content: 'next' });
});

test('pages that come at once are each their own', async () => {
  const read = await Promise.all(Array.from({ length: 20 }, (_, at) => patient(page(`<p>page ${at}</p>`), keptBytes)));

  expect(read.map(({ content }) => content)).toEqual(Array.from({ length: 20 }, (_, at) => `page ${at}`));
});

test('a page that takes all memory breaks alone: it can’t be read, and the next one can', async () => {
  const small = pageExtractor({ processorMs: 60_000, clockMs: 120_000, memoryMb: 24 });

  // Not even the pieces of its text fit: nothing of it can be told.
  await expect(small(page('x<p>'.repeat(1_200_000)), keptBytes)).rejects.toMatchObject({ reason: 'Unreadable' });
  expect(await small(page('<p>next</p>'), keptBytes)).toMatchObject({ content: 'next' });
});

test.each([
  ['font', '<font size=2>line '],
  ['p with b', '<p><b>line '],
  ['li with a', '<li><a href="/x">line '],
  ['div', '<div>line '],
  ['span', '<span>line '],
])('three hundred %s that are never closed are read', async (_what, opened) => {
  const html = Array.from({ length: 300 }, (_, at) => `${opened}${at}`).join('\n');
  const { content } = await patient(page(`<html><body>${html}</body></html>`), keptBytes);

  expect(content.match(/line \d+/g)).toEqual(Array.from({ length: 300 }, (_, at) => `line ${at}`));
});
