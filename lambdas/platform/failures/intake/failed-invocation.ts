import type { NewFailure } from '#kit/ledger/failure.ts';
import { invocationFailureKey } from '../lineage.ts';
import { textOf } from './json.ts';
import { placeOf, type Told } from './told.ts';

/** Lambda's record for an on-failure destination; `undefined` for any other record. */
export function invocationFailure({ letter, body }: Told): NewFailure | undefined {
  const context = body?.requestContext;
  const functionArn = textOf(context?.functionArn);
  const requestId = textOf(context?.requestId);
  if (!functionArn || !requestId) return undefined;
  const error = body?.responsePayload;
  const attempts = Number(context?.approximateInvokeCount);
  const trace: unknown = error?.trace ?? error?.stackTrace;
  return {
    ...placeOf(letter.eventSourceARN),
    naturalKey: invocationFailureKey(requestId),
    sourceKind: 'function',
    door: functionArn.replace(/:\$LATEST$/, ''),
    reason: textOf(error?.errorType) ?? textOf(context?.condition) ?? 'Unhandled',
    message: textOf(error?.errorMessage) ?? 'The function failed and said nothing.',
    stack: Array.isArray(trace) ? trace.join('\n') : undefined,
    input: JSON.stringify(body?.requestPayload ?? null),
    attributes: {},
    occurredAt: new Date(textOf(body?.timestamp) ?? Number(letter.attributes.SentTimestamp)),
    attempts: Number.isNaN(attempts) ? undefined : attempts,
    replayOf: undefined,
  };
}
