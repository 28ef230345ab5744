/** What failed, by where its work came in. */
export const sourceKinds = [
  'queue',
  'function',
  'schedule',
  'rule',
  'state-machine',
  /** One step of an execution that went on without it: a county, a page. */
  'step',
  'file',
  'mail',
  'stream',
] as const;

export type SourceKind = (typeof sourceKinds)[number];

/** A failure before it has its row. */
export interface NewFailure {
  /** The same failure told twice has the same one, and one row. Starts with its kind: `mail:...`. */
  readonly naturalKey: string;
  readonly workload: string;
  readonly sourceKind: SourceKind;
  readonly sourceName: string;
  /**
   * Where a replay goes back in: ARN of a queue, function or state machine, or `s3://bucket/key`; `undefined` where
   * there is none.
   */
  readonly door?: string | undefined;
  /** A word to group by: the error's class where it is known. */
  readonly reason: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** As it was received. */
  readonly input: string;
  /** ARN of the execution that keeps the input, where it was too large to be handed over; `input` is empty then. */
  readonly inputExecution?: string | undefined;
  /** Key of the object in the bucket that keeps the input, where it was too large for a message; `input` is empty then. */
  readonly inputKey?: string | undefined;
  /** Text attributes of the message, which a replay carries again. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly occurredAt: Date;
  readonly attempts?: number | undefined;
  /** The failure whose replay this was. */
  readonly replayOf?: number | undefined;
}
