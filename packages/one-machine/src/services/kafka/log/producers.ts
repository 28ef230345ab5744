import { type ErrorCode, errors } from '../wire/errors.ts';
import type { BatchHeader } from './record-batch.ts';

interface Written {
  readonly first: number;
  readonly last: number;
  readonly offset: number;
}

interface Producer {
  epoch: number;
  seenAt: number;
  /** The last five: a client has no more requests under way. */
  batches: Written[];
}

/** What a producer's next batch is: new, one that was written already, or out of turn. */
export type Verdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'repeat'; readonly offset: number }
  | { readonly kind: 'refused'; readonly error: ErrorCode };

/** As kept beside a finished segment. */
export type ProducersSnapshot = readonly (readonly [id: number, state: Producer])[];

const rememberedBatches = 5;
// Kafka's own producer.id.expiration.ms.
const forgottenAfterMs = 24 * 60 * 60 * 1000;
// Sequences wrap at 2^31.
const highestSequence = 0x7fffffff;

/** Which batches of each idempotent producer a partition has, so that a repeated one isn't written twice. */
export class Producers {
  readonly #known: Map<number, Producer>;

  constructor(snapshot: ProducersSnapshot = []) {
    this.#known = new Map(
      snapshot.map(([id, { epoch, seenAt, batches }]) => [id, { epoch, seenAt, batches: [...batches] }]),
    );
  }

  judge(batch: BatchHeader): Verdict {
    const producer = this.#known.get(batch.producerId);
    if (batch.producerId < 0 || !producer) return { kind: 'new' };
    if (batch.producerEpoch < producer.epoch) return { kind: 'refused', error: errors.invalidProducerEpoch };
    const last = lastSequence(batch);
    if (batch.producerEpoch > producer.epoch) return inTurn(batch.baseSequence === 0);
    const repeat = producer.batches.find((written) => written.first === batch.baseSequence && written.last === last);
    if (repeat) return { kind: 'repeat', offset: repeat.offset };
    const before = producer.batches.at(-1)?.last ?? -1;
    return inTurn(batch.baseSequence === (before === highestSequence ? 0 : before + 1));
  }

  /** Remembers what was written, or what a restart finds in the log. */
  remember(batch: BatchHeader): void {
    if (batch.producerId < 0) return;
    const known = this.#known.get(batch.producerId);
    const producer =
      known?.epoch === batch.producerEpoch ? known : { epoch: batch.producerEpoch, seenAt: 0, batches: [] };
    producer.seenAt = batch.maxTimestamp;
    producer.batches.push({ first: batch.baseSequence, last: lastSequence(batch), offset: batch.baseOffset });
    if (producer.batches.length > rememberedBatches) producer.batches.shift();
    this.#known.set(batch.producerId, producer);
  }

  snapshot(now: number): ProducersSnapshot {
    for (const [id, { seenAt }] of this.#known) if (now - seenAt > forgottenAfterMs) this.#known.delete(id);
    return [...this.#known];
  }
}

function inTurn(is: boolean): Verdict {
  return is ? { kind: 'new' } : { kind: 'refused', error: errors.outOfOrderSequence };
}

function lastSequence({ baseSequence, count }: BatchHeader): number {
  return (baseSequence + count - 1) & highestSequence;
}
