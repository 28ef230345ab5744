import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import type { EdgeName } from '../ledger/edge.ts';
import { type StreamAnswer, type StreamMessage, streamBatchHandler } from '../stream-handler.ts';
import { count } from '../telemetry.ts';
import type { StreamEvent } from './event.ts';
import { jsonOf } from './read.ts';
import type { Reject } from './rejection.ts';

/** What became of messages in a store. */
export interface StoredCounts {
  readonly in: number;
  readonly inserted: number;
  readonly updated: number;
  /** Said what was known already. */
  readonly unchanged: number;
  /** Stood beside another message about the same, which is the newer. */
  readonly repeated: number;
}

export interface ConsumeSpec<E extends z.ZodObject, M extends z.ZodType> {
  /** `meters/store-readings`: how the ledger names what failed. */
  readonly edge: EdgeName;
  readonly env: E;
  /** What a value is, as JSON; one that isn't goes to the ledger, and the rest goes on. */
  readonly schema: M;
  readonly services: (env: z.output<E>) => {
    readonly reject: Reject;
    /** Brings a partition's part of an event into the database. The same messages again must change nothing. */
    readonly store: (messages: readonly StreamMessage<z.output<M>>[]) => Promise<StoredCounts>;
  };
}

/** A Kafka topic that is kept in a table: a schema and a store. What came of the messages is in the metrics. */
export function consume<E extends z.ZodObject, M extends z.ZodType>(
  spec: ConsumeSpec<E, M>,
): (event: StreamEvent, context: Context) => Promise<StreamAnswer> {
  const { edge, env, schema, services } = spec;
  return streamBatchHandler({
    edge,
    env,
    message: jsonOf(schema),
    services,
    async handleBatch(messages, { store }) {
      if (messages.length === 0) return undefined;
      const counts = await store(messages);
      count('RowsInserted', counts.inserted);
      count('RowsUpdated', counts.updated);
      count('RowsUnchanged', counts.unchanged + counts.repeated);
      // Whatever a store can't account for is lost, and alarms as a run's would.
      const lost = counts.in - counts.inserted - counts.updated - counts.unchanged - counts.repeated;
      if (lost !== 0) count('ConservationBroken');
      return undefined;
    },
  });
}
