import { expect } from 'vitest';
import en from '../../packages/console/src/texts/en.json' with { type: 'json' };
import { adminOf, type ConsoleVisit } from './console-visit.ts';
import type { Flow } from './flow.ts';

/** A task with a file, from its form to a table of its result, the lines that do the same, and the form once more. */
export async function walkTask({ page, open }: ConsoleVisit, flow: Flow): Promise<void> {
  await open('/tasks/submit?name=tasks.general.example:file_word_count', 'Submit a task');
  const file = { name: 'words.txt', mimeType: 'text/plain', buffer: Buffer.from('one two two') };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByText(en['tasks.file-there']).first().waitFor();
  await page.getByRole('button', { name: 'Submit a task' }).click();
  await page.getByText('"two": 2').waitFor();

  const [task] = await flow.rows<{ status: string; username: string }>(
    "select status, username from tasks.tasks where name like '%file_word_count' order by created_at desc limit 1",
  );
  expect(task).toEqual({ status: 'SUCCESS', username: adminOf(flow).name });
  await page.getByRole('gridcell', { name: '2', exact: true }).first().waitFor();
  await page.getByText('curl -X POST').waitFor();
  await page.getByRole('link', { name: en['tasks.edit'] }).click();
  await page.getByText('which was uploaded before').waitFor();
}
