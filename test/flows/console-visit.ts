import type { Browser, Page } from 'playwright-core';
import { firstAdmin } from '../../local/callers/console-token.ts';
import type { Flow } from './flow.ts';

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
  '/presale/problems': 'problems.title',
  '/tagger': 'tagger.title',
  '/schedules': 'schedules.title',
  '/tasks': 'tasks.title',
  '/tasks/submit': 'tasks.submit',
  '/briefs': 'briefs.title',
  '/recommender': 'recommender.title',
} as const;

/** What is on a page only when its data has come. */
export const shown: Readonly<Record<string, string>> = {
  '/runs': '2026-11-21',
  '/runs/presale/2026-11-21': 'Fetch and back up',
  '/failures': 'hostile',
  '/presale/deals': '新北市',
  '/presale/problems': '市',
};

/** A look of axe takes a second. */
export const patiently = { interval: 2000 };

/** How far the page can be scrolled sideways. */
export const sideways = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** What can be anywhere that people store something. */
export const hostile = `<script>window.broken=1</script><img src=x onerror="window.broken=1"> \u202Emaerd ${'長'.repeat(100_000)}`;

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
