import { expect, test } from 'vitest';
import { handlerFiles } from '../../bin/handler-files.ts';

test('a handler is found by its name in any folder of its workload', () => {
  const files = ['lambdas/a/send.handler.ts', 'lambdas/b/mails/late/send.handler.ts', 'lambdas\\b\\read.handler.ts'];

  expect([...handlerFiles(files)]).toEqual([
    ['a/send', 'lambdas/a/send.handler.ts'],
    ['b/send', 'lambdas/b/mails/late/send.handler.ts'],
    ['b/read', 'lambdas/b/read.handler.ts'],
  ]);
});

test('two files of one name in a workload are refused, with both', () => {
  const files = ['lambdas/a/mails/send.handler.ts', 'lambdas/a/send.handler.ts'];

  expect(() => handlerFiles(files)).toThrow(
    'Two files are the handler a/send: lambdas/a/mails/send.handler.ts and lambdas/a/send.handler.ts',
  );
});

test('those of the project are found, in folders and beside the contract', () => {
  const files = handlerFiles();

  expect(files.get('platform/send-mail')).toBe('lambdas/platform/mails/send-mail.handler.ts');
  expect(files.get('presale/load-county')).toBe('lambdas/presale/load-county.handler.ts');
});
