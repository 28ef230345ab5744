import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import en from '../../packages/console/src/texts/en.json' with { type: 'json' };
import zhCn from '../../packages/console/src/texts/zh-CN.json' with { type: 'json' };
import {
  adminOf,
  type ConsoleFlow,
  type ConsoleVisit,
  checkPage,
  startConsole,
  titles,
  visitConsole,
} from '../flows/console-visit.ts';
import { browserPath, startBrowser } from '../support/browser.ts';

/** The console in Chinese and in the dark, with a hundred thousand failures, and by keyboard alone. */

const many = 100_000;

let console: ConsoleFlow;
let browser: Browser;
let visit: ConsoleVisit;

describe.skipIf(browserPath === undefined)('in a browser (skipped where there is no Chromium)', () => {
  beforeAll(async () => {
    console = await startConsole();
    browser = await startBrowser();
    visit = await visitConsole(browser, console.url);
    await visit.page.goto(`${console.url}/console`);
    await visit.page.getByLabel(en['sign-in.keep']).check();
    await visit.signIn(adminOf(console.flow));
    await visit.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  }, 900_000);

  afterAll(async () => {
    await browser?.close();
    await console?.stop();
  });

  test('a walk by keyboard alone: from the overview to the failures, and one of them discarded', async () => {
    const { page } = visit;
    const reach = async (name: string) => {
      for (let steps = 0; steps < 200; steps += 1) {
        const reached = await page.evaluate(
          "document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''",
        );
        if (String(reached).trim() === name) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`The keyboard does not reach ${name}`);
    };
    await reach('Failures');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Failures' }).waitFor();
    const [{ id } = { id: '' }] = await console.flow.rows<{ id: string }>(
      "select id from platform.failures where reason = 'hostile'",
    );
    await page.goto(`${console.url}/console/failures/${id}`);
    await page.getByRole('heading', { level: 1, name: `Failure ${id}` }).waitFor();
    await reach('Discard');
    await page.keyboard.press('Enter');
    await page.getByText(`Failure ${id} is Discarded.`).waitFor();

    expect(await console.flow.rows('select state from platform.failures where id = $1', id)).toEqual([
      { state: 'discarded' },
    ]);
  });

  test('a hundred thousand failures are listed, counted, paged through and found by their reason', async () => {
    await console.flow.rows(
      `insert into platform.failures (workload, source_kind, source_name, natural_key, reason, message, input, attributes, occurred_at)
       select 'presale', 'function', 'flood', 'flood:' || n, case n % 2 when 0 then 'Even' else 'Odd' end, 'Number ' || n, '{}', '{}',
         now() - n * interval '1 second' from generate_series(1, $1) as n`,
      many,
    );
    await visit.open('/failures?source=flood', 'Failures');
    const { page } = visit;
    await page
      .getByText(`(${many.toLocaleString('en-US')})`)
      .first()
      .waitFor();
    await page.goto(`${console.url}/console/failures?source=flood&page=${many / 25}`);
    await page.getByText(`Number ${many}`, { exact: true }).waitFor();
    await visit.open('/failures?source=flood&reason=Odd', 'Failures');

    await page
      .getByText(`(${(many / 2).toLocaleString('en-US')})`)
      .first()
      .waitFor();
    await visit.open('', 'Overview');
    await page.getByRole('link', { name: 'Even' }).waitFor();
  });

  describe('in 简体中文 and dark', () => {
    beforeAll(async () => {
      await visit.open('', 'Overview');
      await visit.page.getByRole('button', { name: en['shell.dark'] }).click();
      await visit.speak('简体中文');
    });

    test.for(Object.keys(titles) as (keyof typeof titles)[])(
      'the page %s shows what there is, fits a phone, and axe finds nothing',
      (path) => checkPage(visit, path, zhCn, [390, 1280]),
    );
  });

  test('the policy stood in nothing’s way', () => {
    expect(visit.complaints).toEqual([]);
  });
});
