import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { pageText } from '#pages/page-text.ts';

const simplified =
  '渡轮公司周二表示，停航半年的渡轮将于下周恢复航行，票价不变。港务局局长在记者会上说明，船只已经全面检修。';
const traditional =
  '渡輪公司週二表示，停航半年的渡輪將於下週恢復航行，票價不變。港務局局長在記者會上說明，船隻已經全面檢修。';
const japanese = '港湾局は火曜日、半年間運休していたフェリーが来週から運航を再開すると発表した。運賃は変わらない。';

/** Bytes in another charset, made by libc's iconv: our decoder's own tables would prove nothing. */
function bytes(text: string, charset: string): Buffer {
  return execFileSync('iconv', ['-f', 'UTF-8', '-t', charset], { input: text });
}

const lacksIconv = (() => {
  try {
    execFileSync('iconv', ['--version']);
    return false;
  } catch {
    return true;
  }
})();

const page = (text: string, head = '') => `<html><head>${head}<title>${text.slice(0, 6)}</title></head><p>${text}</p>`;

const charsets = [
  ['GB18030', 'gb18030', simplified],
  ['GBK', 'gb2312', simplified],
  ['BIG5', 'big5', traditional],
  ['SHIFT_JIS', 'shift_jis', japanese],
  ['EUC-JP', 'euc-jp', japanese],
  ['UTF-8', 'utf-8', simplified],
  ['UTF-16LE', 'utf-16le', simplified],
  ['UTF-16BE', 'utf-16be', traditional],
] as const;

test.skipIf(lacksIconv).each(charsets)('%s is read by its header (needs iconv)', (charset, label, text) => {
  expect(pageText(bytes(page(text), charset), `text/html; charset="${label}"`)).toBe(page(text));
});

test.skipIf(lacksIconv).each(charsets)(
  '%s named nowhere is known by its bytes (needs iconv)',
  (charset, _label, text) => {
    expect(pageText(bytes(page(text), charset), 'text/html')).toBe(page(text));
  },
);

// A meta tag can't be read in UTF-16: it is ASCII by definition.
test.skipIf(lacksIconv).each(charsets.filter(([, label]) => !label.startsWith('utf-16')))(
  '%s is read by its meta tag (needs iconv)',
  (charset, label, text) => {
    const old = page(text, `<meta http-equiv="Content-Type" content="text/html; charset=${label}">`);
    const current = page(text, `<meta charset="${label}">`);

    expect(pageText(bytes(old, charset), 'text/html')).toBe(old);
    expect(pageText(bytes(current, charset), '')).toBe(current);
  },
);

test.skipIf(lacksIconv)('the header is believed before the meta tag (needs iconv)', () => {
  const html = page(simplified, '<meta charset="big5">');

  expect(pageText(bytes(html, 'GB18030'), 'text/html; charset=gbk')).toBe(html);
});

test.skipIf(lacksIconv)('a charset nobody knows is as none (needs iconv)', () => {
  const html = page(traditional, '<meta charset="klingon">');

  expect(pageText(bytes(html, 'BIG5'), 'text/html; charset=nonsense')).toBe(html);
});

test('a byte order mark is believed before all else, and is no text', () => {
  const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(page(simplified), 'utf16le')]);

  expect(pageText(marked, 'text/html; charset=big5')).toBe(page(simplified));
});

test('bytes that are no text at all still give something', () => {
  expect(pageText(new Uint8Array(), '')).toBe('');
  expect(
    pageText(
      Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256),
      '',
    ).length,
  ).toBeGreaterThan(0);
});

test.each(['big5', 'gb2312', 'iso-8859-1', 'shift_jis', 'utf-16le'])(
  'UTF-8 is read as such under the label %s',
  (label) => {
    for (const text of [page(simplified), '联通', 'café', 'ça, là, où: naïveté'])
      if (!(label !== 'iso-8859-1' && text === 'café'))
        expect(pageText(Buffer.from(text), `text/html; charset=${label}`)).toBe(text);
  },
);

test('a few letters of another charset that read as UTF-8 by chance stay what their label says', () => {
  // 漏 in GB 2312 (C2 A9), which is © in UTF-8.
  expect(pageText(Buffer.from([0x3c, 0x70, 0x3e, 0xc2, 0xa9]), 'text/html; charset=gb2312')).toBe('<p>漏');
  expect(pageText(Buffer.from('~{<:Ky2;~}'), 'text/html; charset=hz-gb-2312')).toBe('己所不');
});

test.each(['utf-16le', 'utf-16be'] as const)('%s named nowhere is known also where zeros tell nothing', (charset) => {
  const wide = (text: string) => {
    const bytesOf = Buffer.from(text, 'utf16le');
    return charset === 'utf-16le' ? bytesOf : bytesOf.swap16();
  };

  for (const text of ['一丁一丁七万丈三上下不与丐丑专且', `${simplified}\n`, page('一'.repeat(30)), page(japanese)])
    expect(pageText(wide(text), 'text/html'), text).toBe(text);
});
