import { expect, test } from 'vitest';
import { pageText } from '#pages/page-text.ts';

/** The example of RFC 1843, section 3: bytes that somebody else wrote. */
const hz = 'This sentence is in ASCII.\nThe next sentence is in GB.~{<:Ky2;S{#,NpJ)l6HK!#~}Bye.';
const read = 'This sentence is in ASCII.\nThe next sentence is in GB.己所不欲，勿施於人。Bye.';
const simplified = read.replace('於', '於');

const refused = ['hz-gb-2312', 'iso-2022-cn', 'iso-2022-cn-ext', 'iso-2022-kr', 'replacement'];

test.each(refused)('%s in the header or in a meta tag is never the end of a page', (label) => {
  const page = `<meta charset="${label}"><p>渡轮公司周二表示，停航半年的渡轮将于下周恢复航行。</p>`;

  expect(pageText(Buffer.from(page), 'text/html')).toBe(page);
  expect(pageText(Buffer.from(page), `text/html; charset=${label}`)).toBe(page);
});

test('HZ is read where it is named', () => {
  expect(pageText(Buffer.from(hz), 'text/html; charset=hz-gb-2312').replace('于', '於')).toBe(simplified);
  expect(pageText(Buffer.from('a ~~ b ~\nc ~{<:'), 'text/html; charset=hz-gb-2312')).toBe('a ~~ b ~\nc ~{<:');
});

test.each([
  ['iso-2022-kr', '\x1b$)C\x0eGQ1[\x0f abc', '한글 abc'],
  ['iso-2022-cn', 'a \x1b$)A\x0e=;;;\x0f b', 'a 交换 b'],
  ['iso-2022-cn', 'a \x1b$)G\x0eGc\x0f b', 'a �� b'],
])('%s is read where it is named, and where its bytes say so', (label, bytes, text) => {
  expect(pageText(Buffer.from(bytes), `text/html; charset=${label}`)).toBe(text);
});

test('whatever bytes come under whatever name, text comes out', () => {
  const labels = [...refused, 'utf-7', 'x-user-defined', 'utf-32', 'ibm420', 'constructor', '__proto__', 'big5-hkscs'];
  const bodies = [
    Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]),
    Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x41]),
    Buffer.from([0x1b, 0x24, 0x29, 0x1b, 0x24]),
    Buffer.from('~{~'),
    Buffer.from([0x2b, 0x2f, 0x76, 0x38]),
  ];
  for (const label of labels)
    for (const body of bodies) expect(pageText(body, `text/html; charset=${label}`), label).toBeTypeOf('string');
});
