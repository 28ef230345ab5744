import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds on the page, by the rule's name and the first place. */
export async function violations(page: Page): Promise<readonly string[]> {
  // By the debugger: the policy lets no script in that is not the application's.
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate<AxeResults>('axe.run()');
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}
