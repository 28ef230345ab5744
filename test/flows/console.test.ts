import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../../local/callers/console-token.ts';
import en from '../../packages/console/src/texts/en.json' with { type: 'json' };
import zhCn from '../../packages/console/src/texts/zh-CN.json' with { type: 'json' };
import { violations } from '../support/axe.ts';
import { browserPath, startBrowser } from '../support/browser.ts';
import { walkQuery } from './console-query.ts';
import { walkRules } from './console-rules.ts';
import { walkTask } from './console-tasks.ts';
import {
  adminOf,
  type ConsoleFlow,
  type ConsoleVisit,
  checkPage,
  fail,
  patiently,
  startConsole,
  type ToldSteps,
  titles,
  visitConsole,
} from './console-visit.ts';
import type { Flow } from './flow.ts';
import { goodCells } from './good-cells.ts';

/** The console as people use it: a real browser on the first port of a whole stack. */

let control: ConsoleFlow;
let flow: Flow;

beforeAll(async () => {
  control = await startConsole();
  flow = control.flow;
}, 600_000);

afterAll(() => control?.stop());

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

  test.for(Object.keys(titles) as (keyof typeof titles)[])(
    'the page %s shows what there is, fits a phone, and axe finds nothing',
    (path) => checkPage(visit, path, en, [1280]),
  );

  test('another language and the dark are kept for the next visit', async () => {
    await open('', 'Overview');
    await page.getByRole('button', { name: en['shell.dark'] }).click();
    await visit.speak('简体中文');
    await open('/runs', zhCn['runs.title']);

    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    expect(await page.evaluate('getComputedStyle(document.body).colorScheme')).toBe('dark');
    await page.getByRole('button', { name: zhCn['shell.light'] }).click();
    await visit.speak('English');
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

  test.for(['新北市', '臺北市,新北市'])(
    'the deals of %s come as a file, every one that the database has',
    async (county) => {
      await open(county === '新北市' ? '/presale/deals' : `/presale/deals?county=${county}`, 'Deals');
      await page.locator('tbody').getByText(county.slice(0, 3)).first().waitFor();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'CSV' }).click(),
      ]);
      const [, ...lines] = readFileSync(await file.path(), 'utf8')
        .trimEnd()
        .split('\r\n');
      const stored = await flow.rows<{ serial_number: string }>(
        'select serial_number from presale.deals where county = any ($1) and withdrawn_at is null',
        county.split(','),
      );

      expect(stored.length).toBeGreaterThan(25);
      expect(lines).toHaveLength(stored.length);
      for (const { serial_number } of stored) expect(lines.some((line) => line.includes(serial_number))).toBe(true);
    },
  );

  test('a file goes from the form to its bucket, a task counts its words, and can be run again', () =>
    walkTask(visit, flow));

  test('a user is added with a password shown once, disabled, and removed after being asked again', async () => {
    const users = async () =>
      ((await flow.ask('/platform/users')).body as { result: { data: { name: string; disabled: boolean }[] } }).result
        .data;
    const known = async () => (await users()).find(({ name }) => name === 'mill-hand');
    await open('/users', 'Users');
    await page.getByLabel(en['users.name'], { exact: true }).fill('mill-hand');
    await page.getByRole('button', { name: en['users.add'] }).click();
    await page.getByText('Whoever has it is let in as mill-hand.').waitFor();
    expect(await known()).toMatchObject({ disabled: false });
    await page.getByRole('button', { name: 'Disable mill-hand' }).click();
    await page.getByRole('button', { name: 'Enable mill-hand' }).waitFor();
    expect(await known()).toMatchObject({ disabled: true });
    await page.getByRole('button', { name: 'Remove… mill-hand' }).click();
    await page.getByRole('button', { name: 'Remove mill-hand' }).click();
    await expect.poll(known, patiently).toBeUndefined();
    const changes = async () => {
      const { body } = await flow.ask('/platform/user-changes?name=mill-hand');
      return (body as { result: { data: { what: string }[] } }).result.data.map(({ what }) => what);
    };
    // The secret is written before what was done is committed.
    await expect.poll(changes, patiently).toEqual(['remove', 'change', 'add']);
  });

  test('rules of the tagger are tried, published, refused when wrong, and taken back', () => walkRules(visit, flow));

  test('on this machine a message is put into a topic, and the overview counts it when it is tagged', async () => {
    await open('/machine?tab=topics&topic=wx.messages', 'This machine');
    await page.getByLabel(en['machine.value']).fill('{"text":"央行下调存款准备金率"}');
    await page.getByRole('button', { name: en['action.send'] }).click();
    await page.getByText('Sent to wx.messages').waitFor();
    const out = 'select sum(rows_out)::int as "out" from platform.stream_counts where workload = \'tagger\'';

    await expect.poll(() => flow.rows(out), patiently).toEqual([{ out: 1 }]);
    await open('', 'Overview');
    await page.getByText(en['overview.streams']).waitFor();
  });

  test('on this machine the site is stopped, said to be broken, and mended', async () => {
    const faults = async () => (await fetch(`${control.url}/local/sites/presale/faults`)).json();
    await open('/machine?tab=faults', 'This machine');
    await page.getByRole('button', { name: en['machine.site-stopped-now'] }).first().click();
    await page.getByText(en['machine.site-broken']).first().waitFor();
    expect(await faults()).toMatchObject([{ kind: 'reset' }]);
    await page.getByRole('button', { name: en['machine.site-mend'] }).first().click();

    await expect.poll(faults, patiently).toEqual([]);
  });

  test('a query is asked, drawn, saved by name, and comes as a file; one that is wrong says what to do', () =>
    walkQuery(visit, flow));

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
    const uploads = new URL(flow.running.stack.services.storage.s3Url).host;
    expect([...visit.hosts].sort()).toEqual([new URL(control.url).host, uploads].sort());
    expect(visit.complaints).toEqual([]);
  });
});
