import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { commandLine, program, UsageError } from 'one-machine/terminal/command-line.ts';
import type { Page } from 'playwright-core';
import { startBrowser } from './browser.ts';

/**
 * Makes the pictures of the console in docs/pictures from a stack that runs: `npm run pictures -- <the link of the line
 * Console of npm start>`. The run and the row are the first of their lists.
 */

const folder = path.resolve(import.meta.dirname, '../../docs/pictures');
// A laptop's window.
const size = { width: 1280, height: 800 };

const pages = [
  { name: 'overview', address: '', title: 'Overview' },
  { name: 'failures', address: '/failures', title: 'Failures' },
  { name: 'problem-rows', address: '/presale/problems', title: 'Problem rows' },
  { name: 'schedules', address: '/schedules', title: 'Schedules' },
  { name: 'recommender', address: '/recommender', title: 'Recommender' },
  { name: 'machine', address: '/machine?tab=topics', title: 'This machine' },
] as const;

async function still(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page
    .getByText('Loading', { exact: true })
    .and(page.locator(':not([aria-live])'))
    .first()
    .waitFor({ state: 'hidden' });
}

async function take(page: Page, name: string): Promise<void> {
  await still(page);
  const file = path.join(folder, `console-${name}.png`);
  await page.screenshot({ path: file });
  process.stdout.write(`${file}\n`);
}

const usage = `Usage: npm run pictures -- http://...#token=...

Takes the pictures of docs/pictures. The link is that of the line "Console" which npm start prints.`;

async function main(): Promise<void> {
  const [link = ''] = commandLine(usage, { words: { least: 1, most: 1 } }).positionals;
  if (!link.includes('/console#token=')) throw new UsageError(usage);
  const { origin } = new URL(link);
  const browser = await startBrowser();
  try {
    await mkdir(folder, { recursive: true });
    const page = await browser.newPage({ viewport: size, locale: 'en-US', timezoneId: 'Asia/Taipei' });
    await page.goto(link);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    for (const { name, address, title } of pages) {
      await page.goto(`${origin}/console${address}`);
      await page.getByRole('heading', { level: 1, name: title }).first().waitFor();
      await take(page, name);
    }
    await page.goto(`${origin}/console/presale/problems`);
    await page.getByRole('row').getByRole('link').first().click();
    await page.getByRole('textbox').first().waitFor();
    await take(page, 'problem-row');
    await page.goto(`${origin}/console/briefs`);
    await page.getByRole('row').getByRole('link').first().click();
    await page.getByText('By platform and keyword').waitFor();
    await page.getByRole('img').first().waitFor();
    await take(page, 'brief');
    await page.goto(`${origin}/console/query`);
    const sql = page.getByRole('textbox').first();
    await sql.fill('SELECT county, count(*) AS deals FROM deals GROUP BY county ORDER BY deals DESC LIMIT 6');
    await sql.press('Control+Enter');
    await page.getByRole('heading', { name: 'Chart' }).waitFor();
    await take(page, 'query');
    await page.goto(`${origin}/console/runs?workload=presale`);
    await page.getByRole('row').getByRole('link').first().click();
    await page.getByText('State machine', { exact: true }).first().waitFor();
    await take(page, 'run');
  } finally {
    await browser.close();
  }
}

await program(main);
