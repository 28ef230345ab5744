import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import en from '../../packages/console/src/texts/en.json' with { type: 'json' };
import { adminOf, type ConsoleVisit, patiently } from './console-visit.ts';
import type { Flow } from './flow.ts';

const squares = 'SELECT n, n * n AS square FROM (VALUES (1), (2), (3)) AS t(n) ORDER BY n';

/** The page of queries, from one that is wrong to one that has a name. */
export async function walkQuery({ page, open }: ConsoleVisit, flow: Flow): Promise<void> {
  await open('/query', 'Query');
  const sql = page.getByLabel(en['query.sql'], { exact: true });
  const run = page.getByRole('button', { name: en['query.run'], exact: true });
  await sql.fill('SELECT count(*) AS n FROM behaviors');
  await run.click();
  await page.getByText('Say whose rows').waitFor();
  await sql.fill('DELETE FROM deals');
  await sql.press('Control+Enter');
  await page.getByText('not DELETE').waitFor();

  await sql.fill(squares);
  await run.click();
  await page.getByRole('gridcell', { name: '9', exact: true }).waitFor();
  await page.getByRole('heading', { name: en['query.chart'] }).waitFor();
  expect(new URL(page.url()).searchParams.get('id')).toMatch(/^[0-9a-f-]{36}$/);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: en['list.csv'] }).click(),
  ]);
  expect(
    readFileSync(await file.path(), 'utf8')
      .trim()
      .split('\r\n'),
  ).toEqual(['n,square', '1,1', '2,4', '3,9']);

  await page.getByLabel(en['query.name'], { exact: true }).fill('squares');
  await page.getByRole('button', { name: en['action.save'] }).click();
  await page.getByRole('button', { name: 'squares', exact: true }).waitFor();
  expect(await flow.rows('select name, sql, saved_by from platform.saved_queries')).toEqual([
    { name: 'squares', sql: squares, saved_by: adminOf(flow).name },
  ]);
  await page.getByRole('button', { name: 'Remove squares' }).click();
  await expect.poll(() => flow.rows('select 1 from platform.saved_queries'), patiently).toEqual([]);
  await queriesReadFiles(flow);
}

/** What the database has is in the files, which are written a little later. */
async function queriesReadFiles(flow: Flow): Promise<void> {
  const sql = 'SELECT county, count(*) AS n FROM deals GROUP BY county ORDER BY county';
  const counted = async () => {
    const { body } = await flow.ask('/platform/queries', { method: 'POST', body: JSON.stringify({ sql }) });
    const { id } = (body as { result: { id: string } }).result;
    const shown = async () => {
      const { body: told } = await flow.ask(`/platform/queries/${id}`);
      return (told as { result: { state: string; rows: string[][] } }).result;
    };
    await expect.poll(async () => (await shown()).state, patiently).toBe('succeeded');
    return Object.fromEntries((await shown()).rows);
  };
  const stored = await flow.rows<{ county: string; n: string }>(
    'select county, count(*) as n from presale.deals group by 1',
  );

  expect(stored.length).toBeGreaterThan(1);
  await expect.poll(counted, patiently).toEqual(Object.fromEntries(stored.map(({ county, n }) => [county, n])));
}
