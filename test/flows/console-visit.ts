import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { firstAdmin } from '../../local/callers/console-token.ts';
import { startControl } from '../../local/console/control.ts';
import { buildConsole } from '../../packages/console/build/build.ts';
import type en from '../../packages/console/src/texts/en.json';
import { violations } from '../support/axe.ts';
import { type Flow, startFlow } from './flow.ts';

/** The console in a browser, as a person uses it. */
export interface ConsoleVisit {
  readonly page: Page;
  /** What the page broke with, and what the browser's policy reported. */
  readonly complaints: readonly string[];
  readonly hosts: ReadonlySet<string>;
  /** Opens an address of the application, and waits for its heading. */
  open(path: string, title: string): Promise<void>;
  /** Chooses a language where everybody does, whichever is shown now. */
  speak(language: string): Promise<void>;
  signIn(user: { readonly name: string; readonly password: string }): Promise<void>;
}

/** A whole stack with one publication and one hostile failure, and the port that shows its console. */
export interface ConsoleFlow {
  readonly flow: Flow;
  readonly url: string;
  stop(): Promise<void>;
}

export async function startConsole(variables: Readonly<Record<string, string>> = {}): Promise<ConsoleFlow> {
  await buildConsole();
  const flow = await startFlow(variables);
  const control = await startControl(flow.running.stack);
  // The site has the publication of its day only.
  flow.site.setToday('2026-11-21');
  await flow.run({ publication_date: '2026-11-21' });
  await fail(flow, 'presale', 'hostile', hostile, JSON.stringify({ said: hostile }));
  return {
    flow,
    url: control.url,
    async stop() {
      await control.stop();
      await flow.stop();
    },
  };
}

/** Far longer than a page takes on a busy machine. */
const patienceMs = 300_000;

/** Opens a window without any history. */
export async function visitConsole(browser: Browser, url: string): Promise<ConsoleVisit> {
  const context = await browser.newContext({ locale: 'en-US', bypassCSP: false });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('request', (request) => request.url().startsWith('http') && hosts.add(new URL(request.url()).host));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => /Content.Security.Policy/i.test(message.text()) && complaints.push(message.text()));
  return {
    page,
    complaints,
    hosts,
    async open(path, title) {
      await page.goto(`${url}/console${path}`);
      await page.getByRole('heading', { level: 1, name: title }).first().waitFor();
    },
    async speak(language) {
      await page.getByRole('button', { name: /^(Language|语言): / }).click();
      await page.getByRole('menuitem', { name: language }).click();
      await page.getByRole('button', { name: `: ${language}` }).waitFor();
    },
    async signIn({ name, password }) {
      await page.locator('input[name=user]').fill(name);
      await page.locator('input[name=password]').fill(password);
      await page.locator('input[name=password]').press('Enter');
    },
  };
}

/** Who may do everything in a stack of tests. */
export function adminOf({ running }: Flow): { readonly name: string; readonly password: string } {
  const admin = firstAdmin(running.stack.services);
  if (!admin) throw new Error('The stack has no admin');
  return admin;
}

/** The pages, and the texts that head them; the run is headed by its name. */
export const titles = {
  '': 'overview.title',
  '/runs': 'runs.title',
  '/runs/presale/2026-11-21': undefined,
  '/failures': 'failures.title',
  '/presale/deals': 'deals.title',
  '/presale/projects': 'projects.title',
  '/presale/publications': 'publications.title',
  '/presale/problems': 'problems.title',
  '/presale/corrections': 'problem.corrections',
  '/tagger': 'tagger.title',
  '/tagger/rules': 'rules.title',
  '/schedules': 'schedules.title',
  '/topics': 'topics.title',
  '/query': 'query.title',
  '/tasks': 'tasks.title',
  '/tasks/submit': 'tasks.submit',
  '/briefs': 'briefs.title',
  '/briefs/submit': 'briefs.submit',
  '/recommender': 'recommender.title',
  '/users': 'users.title',
  '/machine': 'machine.title',
  '/machine?tab=queues': 'machine.title',
  '/machine?tab=topics': 'machine.title',
  '/machine?tab=buckets': 'machine.title',
  '/machine?tab=mails': 'machine.title',
  '/machine?tab=logs': 'machine.title',
  '/machine?tab=faults': 'machine.title',
} as const;

/** What is on a page only when its data has come. */
const shown: Readonly<Record<string, string>> = {
  '/runs': '2026-11-21',
  '/runs/presale/2026-11-21': 'Fetch and back up',
  '/failures': 'hostile',
  '/presale/deals': '新北市',
  '/presale/publications': '新北市',
  '/presale/problems': '市',
  '/topics': 'wx.messages',
  '/query': 'behaviors',
  '/users': 'admin',
  '/machine': 'platform/send-mail',
  '/machine?tab=queues': 'millrace-dev-platform-send-mail',
  '/machine?tab=topics': 'wx.messages',
};

/** A look of axe takes a second. */
export const patiently = { interval: 2000, timeout: patienceMs };

/** How far the page can be scrolled sideways. */
const sideways = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** A page shows what there is, is no wider than a phone, and axe finds nothing at any of the widths. */
export async function checkPage(
  { page, open }: ConsoleVisit,
  path: keyof typeof titles,
  texts: typeof en,
  widths: readonly number[],
): Promise<void> {
  const title = titles[path];
  await open(path, title === undefined ? '2026-11-21' : texts[title]);
  if (shown[path]) await page.locator('main').getByText(shown[path]).first().waitFor();
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    // Cloudscape measures after each change of the width.
    await expect.poll(() => page.evaluate(sideways), { timeout: patienceMs }).toBe(0);
    if (widths.includes(width)) await expect.poll(() => violations(page), patiently).toEqual([]);
  }
}

/** What can be anywhere that people store something. */
const hostile = `<script>window.broken=1</script><img src=x onerror="window.broken=1"> \u202Emaerd ${'長'.repeat(100_000)}`;

/** What the console's page of a run shows of its steps. */
export interface ToldSteps {
  readonly machine: { readonly states: readonly unknown[] };
  readonly steps: readonly { readonly name: string; readonly label: string | null; readonly tries: number }[];
}

/** Puts a failure into the ledger as it may come from anybody. */
export async function fail(
  flow: Flow,
  workload: string,
  reason: string,
  message: string,
  input: string,
): Promise<number> {
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
