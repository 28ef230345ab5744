import { expect, test } from 'vitest';
import { withId } from '../../../../lambdas/platform/mails/with-id.ts';

test('a mail ends with the id of its work, in both its bodies', () => {
  const mail = withId({ subject: 's', text: 'Loaded.\n', html: '<html><body><p>Loaded.</p></body></html>' }, 'run-7');

  expect(mail.text).toBe('Loaded.\n\n-- \nIn the logs: correlation_id run-7\n');
  expect(mail.html).toMatch(
    /^<html><body><p>Loaded\.<\/p><p [^>]+>In the logs: correlation_id run-7<\/p><\/body><\/html>$/,
  );
  expect(mail.subject).toBe('s');
});

test('a mail of text alone gets no other body, and one of no work stays as it is', () => {
  expect(withId({ text: 'x' }, 'i')).not.toHaveProperty('html');
  expect(withId({ text: 'x', html: '<b>x</b>' }, 'i').html).toMatch(/^<b>x<\/b><p /);
  expect(withId({ text: 'x' }, undefined)).toEqual({ text: 'x' });
});
