import { DomUtils, parseDocument } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { shallow } from '../../../../lambdas/briefs/reading/shallow.ts';

const levelsOf = (markup: string, xmlMode: boolean) => {
  let deepest = 0;
  const rows = [{ nodes: parseDocument(markup, { xmlMode }).children, level: 1 }];
  for (let row = rows.pop(); row; row = rows.pop())
    for (const node of row.nodes)
      if ('children' in node) {
        deepest = Math.max(deepest, row.level);
        rows.push({ nodes: node.children, level: row.level + 1 });
      }
  return deepest;
};
const nested = (name: string, times: number, text: string, ends = true) =>
  `<${name}>`.repeat(times) + text + (ends ? `</${name}>`.repeat(times) : '');

describe('markup', () => {
  test.each([
    ['of a page', '<html><body><ul><li>a<br><img src="x"/><li>b</ul><p>c</body></html>'],
    ['of XML', '<?xml version="1.0"?><a><b read="1"/><c><![CDATA[<d><d>]]></c></a>'],
    ['that is none', 'a < b > c </'],
    ['of as many levels as are read', nested('i', 256, 'x')],
    ['of many elements side by side', '<li><b>x</b></li>'.repeat(5000)],
    ['with tags in comments', `<!--${'<b>'.repeat(500)}-->`],
  ])('%s stays as it is', (_what, markup) => {
    expect(shallow(markup)).toBe(markup);
    expect(shallow(markup, { xmlMode: true })).toBe(markup);
  });

  test.each([
    ['of elements without an end', `<p>${'<br><img src="x">'.repeat(1000)}</p>`],
    ['with tags in scripts', `<script>${'"<b>"'.repeat(500)}</script>`],
  ])('of HTML %s stays as it is', (_what, markup) => {
    expect(shallow(markup)).toBe(markup);
  });

  test.each([
    ['closed', nested('em', 100_000, 'x')],
    ['not closed', nested('em', 100_000, 'x', false)],
    ['of several names', `${'<b><i class="a>b">'.repeat(50_000)}x${'</i></b>'.repeat(50_000)}`],
    ['closed from without', `<h3>${nested('b', 100_000, 'x', false)}</h3>`],
    ['closed in the wrong order', `${'<b><i>'.repeat(50_000)}x${'</b></i>'.repeat(50_000)}`],
  ])('that is too deep, %s, has its text and what follows it', (_what, deep) => {
    for (const xmlMode of [false, true]) {
      const markup = shallow(`<ul><li>${deep}</li><li id="z">y</li></ul>`, { xmlMode });
      const document = parseDocument(markup, { xmlMode });
      const last = DomUtils.findOne(({ attribs }) => attribs.id === 'z', document.children);

      expect(levelsOf(markup, xmlMode)).toBeLessThanOrEqual(256);
      expect(DomUtils.textContent(document)).toBe('xy');
      expect(last && DomUtils.textContent(last)).toBe('y');
      expect(last?.parent).toMatchObject({ name: 'ul' });
    }
  });
});
