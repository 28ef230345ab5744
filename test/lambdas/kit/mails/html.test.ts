import fc from 'fast-check';
import { parseDocument } from 'htmlparser2';
import { expect, test } from 'vitest';
import { escaped, htmlMail, isLink } from '../../../../lambdas/kit/mails/html.ts';

test('any text is text in an element and in an attribute, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('&', '<', '>', '"', "'", 'a', ' ', '=', '/', ';', '#', '3') }),
      (text) => {
        const { children } = parseDocument(`<p title="${escaped(text)}">${escaped(text)}</p>`);

        expect(children).toEqual([
          expect.objectContaining({
            name: 'p',
            attribs: { title: text },
            children: text === '' ? [] : [expect.objectContaining({ type: 'text', data: text })],
          }),
        ]);
      },
    ),
  );
});

test('a mail has its title escaped and its content as it is', () => {
  expect(htmlMail('A <b> & "c"', '<p>content</p>', 'margin:0')).toBe(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A &lt;b&gt; &amp; &quot;c&quot;</title></head>' +
      '<body style="margin:0"><p>content</p></body></html>',
  );
  expect(htmlMail('A', '')).toContain('<body></body>');
});

test('only addresses of the web are links', () => {
  expect(['https://example.com', 'http://localhost', 'docs/runbook.md', 'javascript:alert(1)'].map(isLink)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
