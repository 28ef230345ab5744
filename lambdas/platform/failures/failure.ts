/** What failed: where work comes in that nobody waits for. */
export type SourceKind = 'queue' | 'function' | 'schedule' | 'rule' | 'state-machine' | 'file';

/** A failure before it has its row. */
export interface NewFailure {
  /** The same failure told twice has the same one, and one row. */
  readonly naturalKey: string;
  readonly workload: string;
  readonly sourceKind: SourceKind;
  readonly sourceName: string;
  /** ARN of the queue, function or state machine that a replay goes back to; `undefined` where there is none. */
  readonly door: string | undefined;
  /** A word to group by: the error's class where it is known. */
  readonly reason: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** As it was received. */
  readonly input: string;
  /** Text attributes of the message, which a replay carries again. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly occurredAt: Date;
  readonly attempts: number | undefined;
  /** The failure whose replay this was. */
  readonly replayOf: number | undefined;
}

/** Keeps a failure; resolves when it is durable. `known`: it was there already. */
export type RecordFailure = (failure: NewFailure) => Promise<'new' | 'known'>;
