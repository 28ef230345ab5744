import type { DeadLetter } from '../../../../lambdas/platform/failures/intake/told.ts';

const arn = (service: string, name: string) => `arn:aws:${service}:ap-northeast-1:000000000000:${name}`;

const mailDeadLetters = arn('sqs', 'millrace-dev-platform-send-mail-dead');
export const mails = arn('sqs', 'millrace-dev-platform-send-mail');
export const startFailed = arn('sqs', 'millrace-dev-presale-start-publication-failed');
export const startFunction = arn('lambda', 'function:Start');
export const machine = arn('states', 'stateMachine:millrace-dev-presale-run');

/** A record as SQS hands it over. */
export function letter(changes: Partial<DeadLetter> & { readonly body: string }): DeadLetter {
  return {
    messageId: 'm-1',
    eventSourceARN: mailDeadLetters,
    attributes: { SentTimestamp: '1795222923000', ApproximateReceiveCount: '6' },
    messageAttributes: {},
    ...changes,
  };
}

/** What Lambda leaves at an on-failure destination. Source: Lambda Developer Guide, "Capturing records". */
export const destinationRecord = {
  version: '1.0',
  timestamp: '2026-11-21T02:00:08.250Z',
  requestContext: {
    requestId: 'r-1',
    functionArn: `${startFunction}:$LATEST`,
    condition: 'RetriesExhausted',
    approximateInvokeCount: 3,
  },
  requestPayload: { scheduledTime: '2026-11-21T02:00:00Z' },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorType: 'TransientError', errorMessage: 'away', trace: ['TransientError: away', '  at x'] },
};

/** EventBridge's event of an object that Lambda has put into the bucket. Source: S3 User Guide, "EventBridge events". */
export function objectEvent(key: string) {
  return {
    version: '0',
    id: 'e-2',
    source: 'aws.s3',
    'detail-type': 'Object Created',
    time: '2026-11-21T02:05:00Z',
    detail: { version: '0', bucket: { name: 'raw' }, object: { key, size: 5, etag: 'e' }, reason: 'PutObject' },
  };
}

/** EventBridge's event of an execution's end. Source: Step Functions Developer Guide, "EventBridge integration". */
export function executionEvent(detail: Readonly<Record<string, unknown>> = {}) {
  return {
    version: '0',
    id: 'e-1',
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    time: '2026-11-21T02:05:00Z',
    detail: {
      executionArn: `${arn('states', 'execution:millrace-dev-presale-run')}:publication-2026-11-21`,
      stateMachineArn: machine,
      name: 'publication-2026-11-21',
      status: 'FAILED',
      startDate: 1795226400000,
      stopDate: 1795226700000,
      input: '{"publication_date":"2026-11-21"}',
      output: null,
      error: 'GaveUp',
      cause: 'Presale run publication-2026-11-21 gave up',
      ...detail,
    },
  };
}
