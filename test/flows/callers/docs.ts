import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstAdmin } from '../../../local/callers/console-token.ts';
import { browserPath, startBrowser } from '../../support/browser.ts';
import type { Flow } from '../flow.ts';
import { flow } from './stack.ts';

/** The documentation as people see it: files with their headers, and the page in a real browser. */

let api: string;

beforeAll(() => {
  api = flow.running.stack.wiring.api?.url.replace(/\/$/, '') ?? '';
});

describe('the files of the page', () => {
  test('come side by side, as two browsers ask for them', async () => {
    const files = ['', '/swagger-ui.css', '/page.css', '/swagger-ui-bundle.js', '/page.js', '/favicon-32x32.png'];
    const asked = [...files, ...files].map(async (file) => (await fetch(`${api}/docs${file}`)).status);

    expect(await Promise.all(asked)).toEqual(asked.map(() => 200));
  });

  test.for(['/docs', '/api/v1/docs'])('%s lets nothing in from another host', async (route) => {
    const { status, headers } = await fetch(`${api}${route}`);

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers.get('content-security-policy')).not.toMatch(/https?:|\*/);
  });

  test('travel compressed, plain for who takes no gzip, and not at all while they are the same', async () => {
    const script = `${api}/docs/swagger-ui-bundle.js`;
    const packed = await fetch(script);
    const etag = packed.headers.get('etag') ?? '';
    const plain = await fetch(script, { headers: { 'accept-encoding': 'identity' } });
    const same = await fetch(script, { headers: { 'if-none-match': etag } });

    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(600_000);
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(await packed.text());
    expect({ status: same.status, body: await same.text() }).toEqual({ status: 304, body: '' });
  });

  test('have one document under both prefixes', async () => {
    const texts = await Promise.all(
      ['/openapi.json', '/api/v1/openapi.json'].map(async (route) => (await fetch(`${api}${route}`)).text()),
    );

    expect(texts[0]).toBe(texts[1]);
    expect(JSON.parse(texts[0] ?? '')).toMatchObject({ openapi: '3.1.1' });
  });
});

describe.skipIf(browserPath === undefined)('in a browser (skipped where there is no Chromium)', () => {
  let browser: Browser;
  let page: Page;
  const hosts = new Set<string>();
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    page = await browser.newPage();
    page.setDefaultTimeout(300_000);
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${api}/docs`);
  }, 600_000);

  afterAll(() => browser?.close());

  test('a person tries a route with their user and real password', async () => {
    await signIn(page, flow);

    expect(await execute(page, '#operations-presale-getApiv1Deals')).toBe('200');
    expect(await execute(page, '#operations-tagger-postTaggerTry')).toBe('200');
  }, 600_000);

  test('a function has a form of its own, and its result comes back into the page', async () => {
    await page.locator('#functions').waitFor();
    await page.selectOption('#function', 'tasks.general.example:word_count');
    await page.locator('#arguments [name=content]').fill('so much so good');
    await page.click('#arguments button');

    const told = page.locator('#task', { hasText: 'SUCCESS' });
    await told.waitFor({ timeout: 600_000 });
    expect(JSON.parse(await told.innerText())).toMatchObject({ result: { so: 2, much: 1, good: 1 } });
  }, 600_000);

  test('it asks no other host, and its policy stands in nothing’s way', () => {
    expect([...hosts]).toEqual([new URL(api).host]);
    expect(complaints).toEqual([]);
  });
});

async function signIn(page: Page, { running }: Flow): Promise<void> {
  const admin = firstAdmin(running.stack.services);
  await page.click('button.authorize');
  const basic = page.locator('.auth-container', { has: page.locator('input[name=username]') });
  await basic.locator('input[name=username]').fill(admin?.name ?? '');
  await basic.locator('input[name=password]').fill(admin?.password ?? '');
  await basic.locator('button.authorize').click();
  await page.locator('.dialog-ux .close-modal').click();
}

/** Sends a route's form as it is filled in, and tells the status of the answer. */
async function execute(page: Page, route: string): Promise<string> {
  const tag = /^#operations-(\w+)-/.exec(route)?.[1];
  if (!(await page.locator(route).isVisible())) await page.click(`#operations-tag-${tag}`);
  await page.click(`${route} .opblock-summary`);
  await page.click(`${route} button.execute`);
  const status = page.locator(`${route} .live-responses-table .response .response-col_status`).first();
  return (await status.innerText()).trim();
}
