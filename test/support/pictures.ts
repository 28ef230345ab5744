import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
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
] as const;

async function still(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.getByText('Loading', { exact: true }).waitFor({ state: 'hidden' });
}

async function take(page: Page, name: string): Promise<void> {
  await still(page);
  const file = path.join(folder, `console-${name}.png`);
  await page.screenshot({ path: file });
  process.stdout.write(`${file}\n`);
}

async function main(link: string | undefined): Promise<void> {
  if (!link?.includes('/console#token='))
    throw new Error('Give the link of the line "Console" that npm start prints: npm run pictures -- http://…#token=…');
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
    await page.goto(`${origin}/console/runs?workload=presale`);
    await page.getByRole('row').getByRole('link').first().click();
    await page.getByText('State machine', { exact: true }).first().waitFor();
    await take(page, 'run');
  } finally {
    await browser.close();
  }
}

await main(process.argv[2]);
