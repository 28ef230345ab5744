import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../../local/callers/console-token.ts';
import { startControl } from '../../local/console/control.ts';
import { buildConsole } from '../../packages/console/build/build.ts';
import en from '../../packages/console/src/texts/en.json' with { type: 'json' };
import zhCn from '../../packages/console/src/texts/zh-CN.json' with { type: 'json' };
import { violations } from '../support/axe.ts';
import { browserPath, startBrowser } from '../support/browser.ts';
import {
  adminOf,
  type ConsoleVisit,
  fail,
  hostile,
  patiently,
  shown,
  sideways,
  type ToldSteps,
  titles,
  visitConsole,
} from './console-visit.ts';
import { type Flow, startFlow } from './flow.ts';
import { goodCells } from './good-cells.ts';

/** The console as people use it: a real browser on the first port of a whole stack. */

let flow: Flow;
let control: Awaited<ReturnType<typeof startControl>>;

beforeAll(async () => {
  await buildConsole();
  flow = await startFlow();
  control = await startControl(flow.running.stack);
  await flow.run({ publication_date: '2026-11-21' });
  await fail(flow, 'presale', 'hostile', hostile, JSON.stringify({ said: hostile }));
}, 600_000);

afterAll(async () => {
  await control?.stop();
  await flow?.stop();
});

describe('the files of the application', () => {
  test('the first port leads there, and shows it with a strict policy', async () => {
    const root = await fetch(`${control.url}/`, { redirect: 'manual' });
    const page = await fetch(`${control.url}/console`);
    const policy = page.headers.get('content-security-policy') ?? '';

    expect({ status: root.status, to: root.headers.get('location') }).toEqual({ status: 302, to: '/console' });
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
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
    for (const path of [
      '/console/',
      '/console/runs',
      '/console/runs/presale/2026-11-21',
      '/console/a.b/c',
      '/console/failures?state=open',
    ])
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
  let visit: ConsoleVisit;
  let page: Page;
  const open = (path: string, title: string) => visit.open(path, title);
  const overview = () => page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();

  beforeAll(async () => {
    browser = await startBrowser();
    visit = await visitConsole(browser, control.url);
    page = visit.page;
  }, 600_000);

  afterAll(() => browser?.close());

  test('a wrong password is told, the right one signs in, and is kept nowhere: a reload asks again', async () => {
    const { name, password } = adminOf(flow);
    await page.goto(`${control.url}/console`);
    await visit.signIn({ name, password: `${password}!` });
    await page.getByText(en['sign-in.refused']).waitFor();
    await visit.signIn(adminOf(flow));
    await overview();

    const kept = await page.evaluate('JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])');
    expect(kept).not.toContain(password);
    await page.reload();
    await page.locator('input[name=password]').waitFor();
  });

  test('who asks for it stays signed in over a reload, until they sign out', async () => {
    await page.getByLabel(en['sign-in.keep']).check();
    await visit.signIn(adminOf(flow));
    await overview();
    await page.reload();
    await overview();
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.reload();
    await page.locator('input[name=password]').waitFor();
  });

  test('the link of npm start signs in, and its token leaves the address', async () => {
    await page.goto('about:blank');
    await page.goto(`${control.url}/console#token=${tokenOf(flow.running.stack.services)}`);
    await overview();
    expect(page.url()).toBe(`${control.url}/console`);
  });

  describe.for([
    ['English', 'light', en],
    ['简体中文', 'dark', zhCn],
  ] as const)('in %s and %s', ([language, theme, texts]) => {
    beforeAll(async () => {
      await open('', 'Overview');
      if (theme === 'dark') await page.getByRole('button', { name: en['shell.dark'] }).click();
      await visit.speak(language);
    });

    afterAll(async () => {
      await visit.speak('English');
      if (theme === 'dark') await page.getByRole('button', { name: en['shell.light'] }).click();
    });

    test.for(Object.entries(titles))(
      'the page %s shows what there is, fits a phone, and axe finds nothing',
      async ([path, title]) => {
        await open(path, title === undefined ? '2026-11-21' : texts[title]);
        if (shown[path]) await page.locator('main').getByText(shown[path]).first().waitFor();
        await page.setViewportSize({ width: 390, height: 844 });
        // Cloudscape measures after each change of the width.
        await expect.poll(() => page.evaluate(sideways)).toBe(0);
        await expect.poll(() => violations(page), patiently).toEqual([]);
        await page.setViewportSize({ width: 1280, height: 900 });
        await expect.poll(() => violations(page), patiently).toEqual([]);
        expect(await page.evaluate('document.documentElement.lang')).toBe(language === 'English' ? 'en' : 'zh-CN');
      },
    );
  });

  test('a run shows the states of its machine, and each county with its attempts in the table', async () => {
    await open('/runs/presale/2026-11-21', '2026-11-21');
    const { body } = await flow.ask('/platform/runs/presale/2026-11-21/steps');
    const { machine, steps } = (body as { result: ToldSteps }).result;
    await page.locator('.react-flow__node').first().waitFor();

    expect(await page.locator('.react-flow__node').count()).toBe(machine.states.length);
    expect(await page.locator('.react-flow__node.succeeded').count()).toBeGreaterThan(3);
    const labelled = steps.filter(({ label, tries }) => label !== null && tries > 0);
    expect(labelled.length).toBeGreaterThan(0);
    for (const { name, label, tries } of labelled.slice(0, 10)) {
      const cells = page
        .getByRole('row')
        .filter({ has: page.getByText(name, { exact: true }) })
        .filter({ has: page.getByText(label ?? '', { exact: true }) })
        .filter({ has: page.locator('td', { hasText: new RegExp(`^${tries}$`) }) });
      expect(await cells.count(), `${name} ${label} ${tries}`).toBeGreaterThan(0);
    }
  });

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
    await expect.poll(() => violations(page), patiently).toEqual([]);

    expect(await page.evaluate("'broken' in window")).toBe(false);
  });

  test('a failure is discarded, and the ledger says by whom', async () => {
    const id = await fail(flow, 'presale', 'mine', 'to be discarded', '{"a":1}');
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
    for (const message of ['one', 'two', 'three']) await fail(flow, 'presale', 'many', message, '{}');
    await open('/failures?reason=many', 'Failures');
    await page.getByRole('button', { name: 'All that match' }).click();
    await page.getByRole('menuitem', { name: 'Discard all that match' }).click();
    await page.getByText('3 failures are chosen.').waitFor();
    await page.getByRole('button', { name: 'Do it for 3' }).click();
    await page.getByText('3 failures were changed.').waitFor();

    expect(await flow.rows("select 1 from platform.failures where reason = 'many' and state = 'open'")).toEqual([]);
  });

  test('a problem row is put right at its cells, and becomes a deal', async () => {
    const { body } = await flow.ask('/presale/problems?length=500');
    const { data } = (body as { result: { data: { id: number; raw: object; county: string }[] } }).result;
    const row = data.find(({ raw }) => !('原始資料' in raw));
    await page.goto(`${control.url}/console/presale/problems/${row?.id}`);
    await page.getByRole('heading', { name: 'Wrong cells' }).waitFor();
    await page.getByRole('button', { name: 'Other cells' }).click();
    for (const [column, value] of Object.entries({ ...goodCells, 編號: 'RPCORRECTED1' }))
      await page.getByLabel(column, { exact: true }).fill(value);
    await page.getByRole('button', { name: /^Save \d+/ }).click();
    await page.getByText('The row is checked: Loaded.').waitFor();

    const written = 'select county, rooms, project_name from presale.deals where serial_number = $1';
    expect(await flow.rows(written, 'RPCORRECTED1')).toEqual([
      { county: row?.county, rooms: 2, project_name: '樣品屋' },
    ]);
  });

  test.for(['新北市', '臺北市'])('the deals of %s come as a file, every one that the database has', async (county) => {
    await open(county === '新北市' ? '/presale/deals' : `/presale/deals?county=${county}`, 'Deals');
    await page.locator('main').getByText(county).first().waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    const [, ...lines] = readFileSync(await file.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    const stored = await flow.rows<{ serial_number: string }>(
      'select serial_number from presale.deals where county = $1 and withdrawn_at is null',
      county,
    );

    expect(stored.length).toBeGreaterThan(25);
    expect(lines).toHaveLength(stored.length);
    for (const { serial_number } of stored) expect(lines.some((line) => line.includes(serial_number))).toBe(true);
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
    expect([...visit.hosts]).toEqual([new URL(control.url).host]);
    expect(visit.complaints).toEqual([]);
  });
});
