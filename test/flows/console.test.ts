import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../../local/callers/console-token.ts';
import { startControl } from '../../local/console/control.ts';
import { buildConsole } from '../../packages/console/build/build.ts';
import { violations } from '../support/axe.ts';
import { browserPath, startBrowser } from '../support/browser.ts';
import { type Flow, startFlow } from './flow.ts';

/** The console as people use it: a real browser on the first port of a whole stack. */

const hostile = `<script>window.broken=1</script><img src=x onerror="window.broken=1"> \u202Emaerd ${'長'.repeat(100_000)}`;

let flow: Flow;
let control: Awaited<ReturnType<typeof startControl>>;

beforeAll(async () => {
  await buildConsole();
  flow = await startFlow();
  control = await startControl(flow.running.stack);
  await flow.run({ publication_date: '2026-11-21' });
  await fail('presale', 'hostile', hostile, JSON.stringify({ said: hostile }));
}, 600_000);

afterAll(async () => {
  await control?.stop();
  await flow?.stop();
});

/** Puts a failure into the ledger as it may come from anybody. */
async function fail(workload: string, reason: string, message: string, input: string): Promise<number> {
  const [row] = await flow.rows<{ id: string }>(
    `insert into platform.failures (workload, source_kind, source_name, natural_key, reason, message, input, attributes, occurred_at)
     values ($1, 'function', 'console-test', $2, $3, $4, $5, '{}', now()) returning id`,
    workload,
    crypto.randomUUID(),
    reason,
    message,
    input,
  );
  return Number(row?.id);
}

describe('the files of the application', () => {
  test('the first port leads there, and shows it with a strict policy', async () => {
    const root = await fetch(`${control.url}/`, { redirect: 'manual' });
    const page = await fetch(`${control.url}/console`);
    const policy = page.headers.get('content-security-policy') ?? '';

    expect({ status: root.status, to: root.headers.get('location') }).toEqual({ status: 302, to: '/console' });
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('cache-control')).toBe('no-cache');
  });

  test('what has its digest in its name is kept for a year, compressed; what is not there is not', async () => {
    const page = await (await fetch(`${control.url}/console`)).text();
    const [script = ''] = /\/console\/assets\/[\w.-]+\.js/.exec(page) ?? [];
    const { headers } = await fetch(`${control.url}${script}`);

    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-encoding')).toBe('gzip');
    expect((await fetch(`${control.url}/console/assets/none.js`)).status).toBe(404);
    expect((await fetch(`${control.url}/console/..%2f..%2fpackage.json`)).headers.get('content-type')).toMatch(/html/);
  });

  test('each address of the application shows it, a slash at the end too', async () => {
    for (const path of ['/console/', '/console/runs', '/console/runs/presale/2026-11-21', '/console/a.b/c'])
      expect((await fetch(`${control.url}${path}`)).headers.get('content-type'), path).toMatch(/^text\/html/);
  });

  test('another site can neither read nor change anything through the port', async () => {
    const headers = {
      origin: 'https://elsewhere.example',
      authorization: `Bearer ${tokenOf(flow.running.stack.services)}`,
    };
    const { status } = await fetch(`${control.url}/platform/failures/discard`, { method: 'POST', headers, body: '{}' });

    expect(status).toBe(403);
  });
});

describe.skipIf(browserPath === undefined)('in a browser (skipped where there is no Chromium)', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];
  const hosts = new Set<string>();

  beforeAll(async () => {
    browser = await startBrowser();
    context = await browser.newContext({ locale: 'en-US', bypassCSP: false });
    context.setDefaultTimeout(300_000);
    page = await context.newPage();
    page.on('request', (request) => request.url().startsWith('http') && hosts.add(new URL(request.url()).host));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => /Content.Security.Policy/i.test(message.text()) && complaints.push(message.text()));
  }, 600_000);

  afterAll(() => browser?.close());

  const open = async (path: string, title: string) => {
    await page.goto(`${control.url}/console${path}`);
    await page.getByRole('heading', { level: 1, name: title }).first().waitFor();
  };

  test('the link of npm start signs in, and its token leaves the address', async () => {
    await page.goto('about:blank');
    await page.goto(`${control.url}/console#token=${tokenOf(flow.running.stack.services)}`);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();

    expect(page.url()).toBe(`${control.url}/console`);
  });

  test.for([
    ['/runs', 'Runs', '2026-11-21'],
    ['/failures', 'Failures', 'hostile'],
    ['/presale/deals', 'Deals', '市'],
    ['/presale/problems', 'Problem rows', '市'],
    ['/tagger', 'Tagger', 'Services'],
    ['/schedules', 'Schedules', ''],
    ['/tasks', 'Tasks', ''],
    ['/briefs', 'Briefs', ''],
    ['/recommender', 'Recommender', ''],
  ] as const)(
    '%s shows what there is, in both languages and on a phone, and axe finds nothing',
    async ([path, title, shown]) => {
      await open(path, title);
      if (shown !== '') await page.locator('main').getByText(shown).first().waitFor();
      await page.setViewportSize({ width: 390, height: 844 });
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      await page.setViewportSize({ width: 1280, height: 900 });

      expect(overflow).toBe(0);
      expect(await violations(page)).toEqual([]);
    },
  );

  test('a filter is in the address, and a link shows somebody else the same', async () => {
    await open('/failures?state=open&reason=hostile', 'Failures');
    await page.getByText('(1)').first().waitFor();
    await page.goto(`${control.url}/console/failures?state=discarded&reason=hostile`);

    await page.getByText('No failure matches').first().waitFor();
  });

  test('what is stored runs nothing, wherever it is shown', async () => {
    await open('/failures?reason=hostile', 'Failures');
    await page
      .getByRole('row', { name: /hostile/ })
      .first()
      .getByRole('link')
      .click();
    await page.getByRole('heading', { level: 1, name: /Failure \d+/ }).waitFor();
    await page.locator('.cm-content').waitFor();

    expect(await page.evaluate("'broken' in window")).toBe(false);
  });

  test('a failure is discarded, and the ledger says by whom', async () => {
    const id = await fail('presale', 'mine', 'to be discarded', '{"a":1}');
    await open(`/failures/${id}`, `Failure ${id}`);
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByText(`Failure ${id} is Discarded.`).waitFor();

    const [row] = await flow.rows<{ state: string; changed_by: string }>(
      'select state, changed_by from platform.failures where id = $1',
      id,
    );
    expect(row).toMatchObject({ state: 'discarded', changed_by: expect.stringContaining('admin') });
  });

  test('many are changed only after their count was said', async () => {
    for (const message of ['one', 'two', 'three']) await fail('presale', 'many', message, '{}');
    await open('/failures?reason=many', 'Failures');
    await page.getByRole('button', { name: 'All that match' }).click();
    await page.getByRole('menuitem', { name: 'Discard all that match' }).click();
    await page.getByText('3 failures are chosen.').waitFor();
    await page.getByRole('button', { name: 'Do it for 3' }).click();
    await page.getByText('3 failures were changed.').waitFor();

    expect(await flow.rows("select 1 from platform.failures where reason = 'many' and state = 'open'")).toEqual([]);
  });

  test('a problem row is put right at its cell, and becomes a deal', async () => {
    await open('/presale/problems', 'Problem rows');
    const before = await flow.rows('select 1 from presale.corrections');
    await page.locator('main table').getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Wrong cells' }).waitFor();
    const cell = page.locator('main input').first();
    await cell.fill(`${await cell.inputValue()}1`);
    await page.getByRole('button', { name: /^Save 1/ }).click();
    await page.getByText(/The row is checked/).waitFor();

    expect(await flow.rows('select 1 from presale.corrections')).toHaveLength(before.length + 1);
  });

  test('the whole list comes as a file', async () => {
    await open('/presale/deals', 'Deals');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    const text = readFileSync(await file.path(), 'utf8');
    const { body } = await flow.ask('/apiv1/deals?from_=0&length=1');
    const { total } = (body as { result: { total: number } }).result;

    expect(total).toBeGreaterThan(25);
    expect(text.trimEnd().split('\r\n')).toHaveLength(total + 1);
  });

  test('everything is there in 简体中文 and dark, and axe finds nothing there either', async () => {
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('menuitem', { name: '简体中文' }).click();
    await page.getByRole('button', { name: '深色' }).click();
    for (const [path, title] of [
      ['', '总览'],
      ['/runs', '运行'],
      ['/failures', '失败'],
    ] as const) {
      await open(path, title);
      expect(await violations(page), path).toEqual([]);
    }
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    await page.getByRole('button', { name: '浅色' }).click();
    await page.getByRole('button', { name: '语言' }).click();
    await page.getByRole('menuitem', { name: 'English' }).click();
  });

  test('an API that is away is said with a way to try again', async () => {
    await page.route('**/platform/runs?**', (route) => route.abort());
    await open('/runs', 'Runs');
    await page.getByText('The API cannot be reached.').first().waitFor();
    await page.unroute('**/platform/runs?**');
    await page.getByRole('button', { name: 'Try again' }).first().click();

    await page.locator('main').getByText('2026-11-21').first().waitFor();
  });

  test('who signs out sees nothing more', async () => {
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.locator('input[name=password]').waitFor();
    await page.goto(`${control.url}/console/runs`);

    await page.locator('input[name=password]').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  test('nothing was asked of another host, and the policy stood in nothing’s way', () => {
    expect([...hosts]).toEqual([new URL(control.url).host]);
    expect(complaints).toEqual([]);
  });
});
