import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simplified } from '../../../lambdas/language/simplified.ts';

test.each([
  ['臺北股市開盤大漲', '台北股市开盘大涨'],
  // Variants of Taiwan and Hong Kong that OpenCC's table of the standard forms has not.
  ['這裡說綫上閲讀', '这里说线上阅读'],
  ['著名作家与么小平', '著名作家与么小平'],
  ['Ａ股 abc', 'Ａ股 abc'],
])('%s is %s', (traditional, simple) => {
  expect(simplified(traditional)).toBe(simple);
});

test('every sign keeps its place, whatever the text is made of', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '𠮷野家開門', ''));
  fc.assert(
    fc.property(anything, anything, (before, after) => {
      const done = simplified(`${before}開${after}`);
      expect(done).toHaveLength(before.length + 1 + after.length);
      expect(done[before.length]).toBe('开');
      expect(simplified(done)).toBe(done);
    }),
  );
});
