import type { NewFailure } from '#kit/ledger/failure.ts';
import { stoppedOnPurpose } from '../../../tasks/contract.ts';
import { runStopped } from '../../contract.ts';
import { replayedBy } from '../lineage.ts';
import { textOf } from './json.ts';
import { placeOf, type Told } from './told.ts';

/** An execution that was stopped on purpose, because its task or its run was terminated, is no failure. */
export function endedOnPurpose({ body }: Told): boolean {
  const [status, error] = [textOf(body?.detail?.status), textOf(body?.detail?.error)];
  return (
    textOf(body?.source) === 'aws.states' &&
    status === 'ABORTED' &&
    (error === stoppedOnPurpose || error === runStopped)
  );
}

/** EventBridge's event of an execution that failed, timed out or was stopped; `undefined` for any other record. */
export function executionFailure({ body }: Told): NewFailure | undefined {
  const detail = body?.detail;
  const executionArn = textOf(detail?.executionArn);
  const door = textOf(detail?.stateMachineArn);
  if (textOf(body?.source) !== 'aws.states' || !executionArn || !door) return undefined;
  const status = textOf(detail?.status) ?? 'FAILED';
  const input = textOf(detail?.input);
  const stoppedAt = Number(detail?.stopDate);
  return {
    ...placeOf(door),
    // A redriven execution keeps its ARN and may fail again.
    naturalKey: `execution:${executionArn}:${stoppedAt}`,
    sourceKind: 'state-machine',
    door,
    reason: textOf(detail?.error) ?? status,
    message: textOf(detail?.cause) ?? `${executionArn} ended as ${status}.`,
    stack: undefined,
    // Missing when it was too large for an event: then only the execution has it, out of reach from inside of the VPC.
    ...(input === undefined ? { input: '', inputExecution: executionArn } : { input }),
    attributes: {},
    occurredAt: Number.isNaN(stoppedAt) ? new Date(textOf(body?.time) ?? 0) : new Date(stoppedAt),
    attempts: undefined,
    replayOf: replayedBy(textOf(detail?.name) ?? ''),
  };
}
