import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { briefs } from '../../lib/settings/briefs.ts';
import { samplePlatforms } from '../../local/sample-platforms.ts';
import { type PlatformSites, startPlatformSites } from '../../local/sample-site/platforms/start.ts';
import en from '../../packages/console/src/texts/en.json' with { type: 'json' };
import { adminOf, type ConsoleFlow, patiently, startConsole, visitConsole } from '../flows/console-visit.ts';
import { behaviorOf, items, scenario, tenant, touchesOf, userCount } from '../flows/small-shop.ts';
import { browserPath, startBrowser } from '../support/browser.ts';

/**
 * What a new user does first, by pointer from the overview on, walks with the number of their clicks: docs/tour.md says
 * them, and the walks here take no more and no less.
 */

let sites: PlatformSites;
let console: ConsoleFlow;
let browser: Browser;
let page: Page;
let clicks = 0;

const tour = readFileSync(path.resolve(import.meta.dirname, '../../docs/tour.md'), 'utf8');

/** The clicks that the tour says for a walk. */
function saidClicks(walk: string): number {
  const [, said] = new RegExp(`^\\| ${walk} \\|.*\\| (\\d+) \\|$`, 'm').exec(tour) ?? [];
  expect(said, `docs/tour.md has no walk "${walk}"`).toBeDefined();
  return Number(said);
}

/** By the recommender's API, as the shop. */
async function ask<T>(route: string, body?: object): Promise<T> {
  const { status, body: told } = await console.flow.ask(`/api/v1${route}`, {
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    headers: { 'x-tenant-id': tenant },
  });
  expect(status, JSON.stringify(told)).toBeLessThan(300);
  return (told as { data: T }).data;
}

interface Model {
  readonly model_id: string;
  readonly state: string;
}

const models = async () => (await ask<{ items: Model[] }>(`/models?scenario_id=${scenario}`)).items;

/** A scenario with users, what they did, and two models of it. */
async function openShop(): Promise<void> {
  await ask('/scenarios', { scenario_id: scenario, name: '首页', type: 'ecommerce' });
  await ask('/items/batch', { scenario_id: scenario, items });
  const events = Array.from({ length: userCount }, (_, user) => behaviorOf(user)).flat();
  for (let from = 0; from < events.length; from += 100)
    await ask('/behaviors/track/batch', { events: events.slice(from, from + 100) });
  const stored = async () => {
    const told = await console.flow.rows<{ n: number }>('select count(*)::int as n from recommender.behaviors');
    return told[0]?.n;
  };
  await vi.waitFor(
    async () => expect(await stored()).toBeGreaterThanOrEqual(userCount * touchesOf(0).length),
    patiently,
  );
  for (const [at, kind] of (['popular', 'dlae'] as const).entries()) {
    // Of a scenario one training begins in a minute.
    const asked = async () => (await ask<{ state: string }>('/models/train', { scenario_id: scenario, kind })).state;
    await vi.waitFor(async () => expect(await asked()).toBe('started'), patiently);
    await vi.waitFor(async () => expect(await models()).toHaveLength(at + 1), patiently);
  }
}

const button = (name: string) => page.getByRole('button', { name, exact: true }).first();
const navigate = (name: string) => page.getByRole('link', { name, exact: true }).first().click();

async function walk(name: string, steps: () => Promise<void>): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/console`);
  await page.getByRole('heading', { level: 1, name: en['overview.title'] }).waitFor();
  clicks = 0;
  await steps();
  expect(clicks, name).toBe(saidClicks(name));
}

describe.skipIf(browserPath === undefined)('in a browser (skipped where there is no Chromium)', () => {
  beforeAll(async () => {
    sites = await startPlatformSites();
    const platforms = samplePlatforms(JSON.stringify(briefs.parse({}).platforms), sites) ?? '';
    console = await startConsole({ BRIEFS_PLATFORMS: platforms });
    await openShop();
    browser = await startBrowser();
    const visit = await visitConsole(browser, console.url);
    page = visit.page;
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.exposeFunction('countClick', () => {
      clicks += 1;
    });
    await page.addInitScript("addEventListener('pointerdown', () => window.countClick(), true)");
    await page.goto(`${console.url}/console`);
    await page.getByLabel(en['sign-in.keep']).check();
    await visit.signIn(adminOf(console.flow));
    await page.getByRole('heading', { level: 1, name: en['overview.title'] }).waitFor();
  }, 900_000);

  afterAll(async () => {
    await browser?.close();
    await console?.stop();
    await sites?.stop();
  });

  test('why rows are problems is read in the list; one is put right at its cell, and stands among the deals', () =>
    walk('Find why rows are problems, mend one, see it in the deals', async () => {
      const wrong = '建物現況格局-廳';
      const { body } = await console.flow.ask('/presale/problems?length=500');
      const { data } = (body as { result: { data: { id: number; reasons: { column: string }[] }[] } }).result;
      const row = data.find(({ reasons }) => reasons.length === 1 && reasons[0]?.column === wrong);
      expect(row, 'a row with one wrong cell').toBeDefined();

      await navigate(en['problems.title']);
      await page.getByText(`${wrong}: `).first().waitFor();
      await page.locator(`a[href$="/presale/problems/${row?.id}"]`).click();
      await page.getByLabel(wrong, { exact: true }).fill('2');
      await page.getByRole('button', { name: /^Save 1/ }).click();
      await page.getByText('The row is checked: Loaded.').waitFor();
      await page.getByRole('link', { name: en['problem.see-deal'] }).click();
      await page.getByRole('heading', { level: 1, name: en['deals.title'] }).waitFor();
      const { corrected_serial } = (
        await console.flow.rows<{ corrected_serial: string }>(
          'select corrected_serial from presale.problems where id = $1',
          row?.id,
        )
      )[0] ?? { corrected_serial: '' };
      const [deal] = await console.flow.rows<{ project_name: string }>(
        'select project_name from presale.deals where serial_number = $1',
        corrected_serial,
      );
      expect(deal).toBeDefined();
      await page
        .locator('main')
        .getByText(deal?.project_name ?? '')
        .first()
        .waitFor();
    }));

  test('a brief is submitted by its form, and watched to its end', () =>
    walk('Submit a brief and watch it', async () => {
      await navigate(en['briefs.title']);
      await page.getByRole('link', { name: en['briefs.submit'], exact: true }).click();
      await page.getByLabel(en['briefs.name'], { exact: true }).fill('A walk');
      await page.getByLabel(en['briefs.limit'], { exact: true }).fill('20');
      await page.getByLabel(en['briefs.keywords'], { exact: true }).fill('人工智能');
      await page.getByLabel(en['runs.from'], { exact: true }).fill('2016-01-01');
      await page.getByLabel(en['briefs.platforms']).click();
      await page.getByRole('option').first().click();
      await page.keyboard.press('Escape');
      await button(en['briefs.submit']).click();
      await page.getByRole('heading', { level: 1, name: 'A walk' }).waitFor();
      await page.getByText(en['state.finished'], { exact: true }).first().waitFor();
      await page.getByText(en['briefs.zip']).first().waitFor();
      const [brief] = await console.flow.rows<{ state: string; articles: number }>(
        `select state, (select count(*)::int from briefs.articles where brief_uuid = uuid) as articles
         from briefs.briefs where name = 'A walk'`,
      );
      expect(brief?.state).toBe('finished');
      expect(brief?.articles).toBeGreaterThan(0);
    }));

  test('two models stand side by side, the better one goes online', () =>
    walk('Compare two models and promote one', async () => {
      const [other] = (await models()).filter(({ state }) => state !== 'online');
      await navigate(en['recommender.title']);
      for (const { model_id } of await models())
        await page.getByRole('checkbox', { name: `${en['list.select']} ${model_id}` }).click();
      await page.getByRole('heading', { name: en['recommender.compared'] }).waitFor();
      await page.getByText(en['recommender.measure-ndcg']).waitFor();
      await page
        .getByRole('button', { name: `${en['recommender.promote']} ${other?.model_id}` })
        .last()
        .click();
      await page.getByText(`Model ${other?.model_id} is online`).waitFor();
      const online = async () => (await models()).filter(({ state }) => state === 'online').map((one) => one.model_id);
      expect(await online()).toEqual([other?.model_id]);
    }));

  test('an experiment is started and stopped from its page, once that was confirmed', async () => {
    const variants = [
      { name: 'control', traffic: 50 },
      { name: 'fresh', traffic: 50, config: { rank: { objective: 'ctr' } } },
    ];
    await ask('/experiments', { experiment_id: 'walk', scenario_id: scenario, name: 'A walk', variants });
    const state = async () => (await ask<{ state: string }>('/experiments/walk')).state;
    await page.goto(`${console.url}/console/recommender?tenant=${tenant}`);
    await page.getByRole('button', { name: `${en['recommender.start']} A walk` }).click();
    await expect.poll(state, patiently).toBe('running');
    await page.getByRole('button', { name: `${en['recommender.stop']} A walk` }).click();
    expect(await state()).toBe('running');
    await button(en['action.confirm']).click();

    await expect.poll(state, patiently).toBe('stopped');
  });

  test('the pages of an item, a user and an experiment’s results show what the recommender knows', async () => {
    const [item = ''] = touchesOf(4);
    await page.goto(`${console.url}/console/recommender/users/${tenant}/user-4`);
    await page.getByRole('heading', { name: en['recommender.history'] }).waitFor();
    const deeds = (await ask<{ total: number }>('/users/user-4/behaviors')).total;
    expect(deeds).toBe(behaviorOf(4).length + 7);
    await page.getByText(`(${deeds})`).first().waitFor();
    await button(en['recommender.ask']).click();
    await page.locator(`a[href*="/recommender/items/${tenant}/${scenario}/"]`).first().waitFor();
    await page.goto(`${console.url}/console/recommender/items/${tenant}/${scenario}/${item}`);
    await page.getByRole('heading', { level: 1, name: `Item ${item}` }).waitFor();
    await page.getByRole('heading', { name: en['recommender.similar'] }).waitFor();
    await page.goto(`${console.url}/console/recommender?tenant=${tenant}&experiment=walk`);
    await page.getByText('Results of walk').waitFor();
    await page.getByRole('rowheader', { name: 'control' }).last().waitFor();
    for (const by of ['model', 'experiment', 'slot', 'strategy']) {
      await page.goto(`${console.url}/console/recommender?tenant=${tenant}&by=${by}&figure=conversion_rate`);
      await page.getByRole('heading', { name: en['recommender.side-by-side'] }).waitFor();
      await page.getByRole('rowheader', { name: en['recommender.not-named'] }).first().waitFor();
    }
  });
});
