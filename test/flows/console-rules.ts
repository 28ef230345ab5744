import { expect } from 'vitest';
import en from '../../packages/console/src/texts/en.json' with { type: 'json' };
import { type ConsoleVisit, patiently } from './console-visit.ts';
import type { Flow } from './flow.ts';

const rules = (score: number) =>
  JSON.stringify({ version: `walk-${score}`, tags: { Mill: { score, keywords: ['磨坊'] } } });

/** Rules of the tagger: edited and tried before they count, published, refused when wrong, and taken back. */
export async function walkRules({ page, open }: ConsoleVisit, flow: Flow): Promise<void> {
  const now = async () => {
    const { body } = await flow.ask('/tagger/rules');
    return (body as { result: { etag: string | null; rules: string } }).result;
  };
  const write = async (text: string) => {
    await page.locator('.cm-content').focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(text);
  };
  await open('/tagger/rules', en['rules.title']);
  // A button that is off has the same words, unseen.
  await page.getByText(en['rules.shipped']).filter({ visible: true }).waitFor();
  await write(rules(0.9));
  await page.getByLabel(en['tagger.text'], { exact: true }).fill('一座磨坊');
  await page.getByRole('button', { name: en['tagger.tag'] }).click();
  await page
    .getByText(/^Mill .*磨坊/)
    .first()
    .waitFor();
  expect((await now()).etag).toBeNull();

  await write(rules(7));
  await page.getByRole('button', { name: en['rules.publish'] }).click();
  await page.getByText(/The rules are refused: .*score/).waitFor();
  await write(rules(0.9));
  await page.getByRole('button', { name: en['rules.publish'] }).click();
  await page.getByText(en['rules.done']).first().waitFor();
  expect((await now()).rules).toBe(rules(0.9));
  await page.getByText(en['rules.current']).first().waitFor();
  await page.getByRole('button', { name: en['rules.withdraw'] }).click();

  await expect.poll(async () => (await now()).etag, patiently).toBeNull();
}
