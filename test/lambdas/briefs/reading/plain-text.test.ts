import { expect, test } from 'vitest';
import { plainText } from '../../../../lambdas/briefs/reading/plain-text.ts';

test.each([
  ['《<em class="keyword">少年</em>》官方版', '《少年》官方版'],
  ['a &amp; b &lt;c&gt; &#x4E2D;&#25991;', 'a & b <c> 中文'],
  ['第一行<br />第二行', '第一行\n第二行'],
  ['好吃<span class="url-icon"><img alt=[偷笑] src="//h/x.png" /></span>！', '好吃！'],
  ['<em><!--red_beg-->高考<!--red_end--></em>之后', '高考之后'],
  ['x<script>alert(1)</script>y<style>p{}</style>', 'xy'],
  ['1 < 2', '1 < 2'],
  ['<a href="x">没有结尾', '没有结尾'],
  ['一</br>二', '一二'],
  ['x<script src="y"/>z</script>w<STYLE>p</STYLE>', 'xw'],
  ['x</script>y', 'xy'],
  ['', ''],
])('%j reads %j', (html, text) => {
  expect(plainText(html)).toBe(text);
});

test('a piece of any depth is read', () => {
  expect(plainText(`${'<em>'.repeat(1_000_000)}深${'</em>'.repeat(1_000_000)}处`)).toBe('深处');
});
