import type { buildApp } from 'fauxqs';

// The errors that SQS's model gives no older code: fauxqs puts the prefix of the others before them.
const withoutPrefix = new Set([
  'InvalidAttributeName',
  'InvalidAttributeValue',
  'InvalidIdFormat',
  'InvalidMessageContents',
  'InvalidParameterValue',
  'MissingParameter',
  'OverLimit',
  'ReceiptHandleIsInvalid',
]);

/**
 * SDKs name an error by the code that it had in the query protocol (`x-amzn-query-error`). Source: the service model of SQS, trait
 * `awsQueryError`.
 */
export function nameQueryErrors(app: ReturnType<typeof buildApp>): void {
  app.addHook('onSend', async (_request, reply) => {
    const [, code = '', rest = ''] =
      /^AWS\.SimpleQueueService\.(\w+)(;.*)$/.exec(String(reply.getHeader('x-amzn-query-error') ?? '')) ?? [];
    if (withoutPrefix.has(code)) reply.header('x-amzn-query-error', `${code}${rest}`);
  });
}
