import { expect, test } from 'vitest';
import { TransientError } from '../../../../lambdas/kit/errors.ts';
import { checkUpdate, lastPublication } from '../../../../lambdas/presale/publication/update-check.ts';

const row = (date: string) =>
  `<tr><td>&nbsp;</td><td class="form_intro">&nbsp;發布日期 ${date}<span desc="發布日期 19990101"></span></td><td>下載</td></tr>`;
const page = (...dates: string[]) => `
  <!-- <table><tr><td>&nbsp;</td><td>發布日期 20991231</td></tr></table> -->
  <script>var page = "<table><tr><td></td><td>發布日期 20981231</td></tr></table>";</script>
  <table><tr><td colspan="3">前期下載</td></tr>${dates.map(row).join('')}</table>
  <table><tr><td></td><td>發布日期 20971231</td></tr></table>`;

test('the list goes to the date of its last row, and tables in comments and scripts are none', () => {
  expect(lastPublication(page('20220801', '20220811', '20220821'))).toBe('2022-08-21');
});

test('a table inside a cell belongs to that cell', () => {
  const nested =
    '<table><tr><td>a</td><td><table><tr><td>x</td><td>y</td></tr></table>發布日期 20220821</td></tr></table>';

  expect(lastPublication(nested)).toBe('2022-08-21');
});

test.each([
  ['2022-09-01', 'out'],
  ['2022-08-21', 'replaced'],
  ['2022-06-01', 'replaced'],
  ['2022-09-11', 'not-yet'],
])('with a list to 2022-08-21 the publication of %s is %s', (date, state) => {
  expect(checkUpdate(page('20220811', '20220821'), date, '2022-09-01').state).toBe(state);
});

test('an empty list is a new season', () => {
  expect(checkUpdate(page(), '2022-10-01', '2022-10-01').state).toBe('out');
  expect(checkUpdate('<table></table>', '2022-10-01', '2022-10-03').state).toBe('out');
});

test('an empty list of a later season means that a publication is replaced', () => {
  expect(checkUpdate(page(), '2022-09-21', '2022-10-01').state).toBe('replaced');
  expect(checkUpdate(page(), '2022-12-21', '2023-01-05').state).toBe('replaced');
  expect(checkUpdate(page(), '2022-09-21', '2022-09-21').state).toBe('out');
});

test.each([
  ['without a table', '<html><body>維護</body></html>'],
  ['that says it is out of order', `<h1>系統發生錯誤</h1>${page('20220821')}`],
  ['under construction', '<table><tr><td>施工中</td></tr></table>'],
  [
    'whose last row has lost its date',
    page('20220821')
      .replace('發布日期 20220821', '')
      .replace('</table>\n', `${row('20220811')}<tr><td>x</td></tr></table>\n`),
  ],
  ['that is empty', ''],
])('a page %s is tried again later', (_, html) => {
  expect(() => lastPublication(html)).toThrow(TransientError);
});
