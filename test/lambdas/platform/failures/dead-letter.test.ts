import { expect, test } from 'vitest';
import { failuresFrom } from '../../../../lambdas/platform/failures/intake/dead-letter.ts';
import type { DeadLetter } from '../../../../lambdas/platform/failures/intake/told.ts';
import { destinationRecord, executionEvent, letter, machine, mails, startFailed, startFunction } from './letters.ts';

const failureFrom = (told: DeadLetter) => {
  const [failure, ...more] = failuresFrom(told);
  if (!failure || more.length > 0) throw new Error('Expected one failure');
  return failure;
};

const text = (stringValue: string) => ({ stringValue });

test('a message that its queue gave up on keeps its body to the letter, and the way back', () => {
  const body = '{ "subject": "x",\n "text":"\\u0000" }';

  expect(failureFrom(letter({ body, messageAttributes: { trace: text('t-1') } }))).toMatchObject({
    workload: 'platform',
    sourceKind: 'mail',
    sourceName: 'send-mail',
    door: mails,
    reason: 'RetriesExhausted',
    input: body,
    attributes: { trace: 't-1' },
    occurredAt: new Date(1795222923000),
    replayOf: undefined,
  });
});

test('a message of a queue is its sender’s, whatever it looks like', () => {
  for (const body of [JSON.stringify(destinationRecord), JSON.stringify(executionEvent()), 'null', '', '{']) {
    expect(failureFrom(letter({ body, messageAttributes: { RULE_ARN: text('r') } }))).toMatchObject({
      sourceKind: 'mail',
      door: mails,
      input: body,
    });
  }
});

test('a replayed message that fails again names the failure it replays', () => {
  const again = (id: string) => letter({ body: '{}', messageAttributes: { 'millrace-replay-of': text(id) } });

  expect(failureFrom(again('7')).replayOf).toBe(7);
  expect(failureFrom(again('x')).replayOf).toBeUndefined();
});

test('an invocation that failed for good tells its error, stack, tries and payload', () => {
  const record = letter({ eventSourceARN: startFailed, body: JSON.stringify(destinationRecord) });

  expect(failureFrom(record)).toEqual({
    naturalKey: 'invocation:r-1',
    workload: 'presale',
    sourceKind: 'function',
    sourceName: 'start-publication',
    door: startFunction,
    reason: 'TransientError',
    message: 'away',
    stack: 'TransientError: away\n  at x',
    input: '{"scheduledTime":"2026-11-21T02:00:00Z"}',
    attributes: {},
    occurredAt: new Date('2026-11-21T02:00:08.250Z'),
    attempts: 3,
    replayOf: undefined,
  });
});

test('an event that a schedule or a rule could not deliver goes back to its target', () => {
  const messageAttributes = {
    ERROR_CODE: text('TARGET_FAILED'),
    ERROR_MESSAGE: text('no such function'),
    RETRY_ATTEMPTS: text('3'),
    TARGET_ARN: text(startFunction),
  };
  const record = (from: string) =>
    letter({
      eventSourceARN: startFailed,
      body: '{"a":1}',
      messageAttributes: { ...messageAttributes, [from]: text('s') },
    });
  const expected = {
    door: startFunction,
    reason: 'TARGET_FAILED',
    message: 'no such function',
    attempts: 4,
    input: '{"a":1}',
  };

  expect(failureFrom(record('SCHEDULE_ARN'))).toMatchObject({ ...expected, sourceKind: 'schedule' });
  expect(failureFrom(record('RULE_ARN'))).toMatchObject({ ...expected, sourceKind: 'rule' });
});

test('an execution that ended badly tells error, cause and input', () => {
  const record = letter({ eventSourceARN: 'the intake itself', body: JSON.stringify(executionEvent()) });

  expect(failureFrom(record)).toMatchObject({
    workload: 'presale',
    sourceKind: 'state-machine',
    sourceName: 'run',
    door: machine,
    reason: 'GaveUp',
    message: 'Presale run publication-2026-11-21 gave up',
    input: '{"publication_date":"2026-11-21"}',
    occurredAt: new Date(1795226700000),
  });
});

test('an execution that was stopped or too large for an event is a failure all the same', () => {
  const detail = { status: 'ABORTED', error: null, cause: null, input: null, name: 'replay-12' };
  const record = letter({ eventSourceARN: 'the intake itself', body: JSON.stringify(executionEvent(detail)) });

  expect(failureFrom(record)).toMatchObject({
    reason: 'ABORTED',
    inputExecution: expect.stringContaining(':execution:'),
    input: '',
    replayOf: 12,
  });
});

test('the same execution twice has one key, and its second end another', () => {
  const key = (detail = {}) =>
    failureFrom(letter({ eventSourceARN: 'q', body: JSON.stringify(executionEvent(detail)) })).naturalKey;

  expect(key()).toBe(key());
  expect(key({ stopDate: 1795226800000 })).not.toBe(key());
});

test('no record is refused: one of unknown shape is a failure, too', () => {
  for (const body of ['', 'x', '[]', '{"requestContext":5}', '{"source":"aws.states"}']) {
    expect(failureFrom(letter({ eventSourceARN: 'arn:unknown', body }))).toMatchObject({
      workload: 'unknown',
      sourceName: 'arn:unknown',
      input: body,
    });
  }
});
