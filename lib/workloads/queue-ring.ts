import { ArnFormat, Lazy, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { edgeResourceName } from '../../lambdas/kit/ledger/edge.ts';
import type { EdgeName } from '../constructs/failure-book.ts';
import type { HandlerFunction } from '../constructs/handler-function.ts';
import { environmentOf } from '../constructs/millrace-stack.ts';

/** A queue of a ring: who works it off, and the variable by which the others know it. */
export interface RingPlace {
  readonly edge: EdgeName;
  readonly variable: string;
  readonly fifo?: boolean;
}

/**
 * Queues whose handlers send to each other: each needs the others' addresses before those are made. Addresses are known
 * late, and rights are given by name, for a function must not depend on a queue that depends on it.
 */
export class QueueRing<P extends string> extends Construct {
  readonly #places: Readonly<Record<P, RingPlace>>;
  readonly #queues = new Map<P, Queue>();

  constructor(scope: Construct, id: string, places: Readonly<Record<P, RingPlace>>) {
    super(scope, id);
    this.#places = places;
  }

  /** The address of one, as text that is known once it is made. */
  urlOf(place: P): string {
    return Lazy.string({ produce: () => this.#queues.get(place)?.queueUrl });
  }

  /** Once all of them are there. */
  settle(made: { readonly [K in P]: { readonly queue: Queue } }): void {
    for (const place of Object.keys(this.#places) as P[]) this.#queues.set(place, made[place].queue);
  }

  /** Lets a function put messages into some of them. */
  allowSending(handler: HandlerFunction, ...places: readonly P[]): void {
    handler.allow(
      ['sqs:SendMessage'],
      places.map((place) => this.arnOf(place)),
    );
  }

  /** Its ARN, which is known by its name. */
  arnOf(place: P): string {
    const { edge, fifo } = this.#places[place];
    const resource = edgeResourceName({ environment: environmentOf(this).name, edge, fifo });
    return Stack.of(this).formatArn({ service: 'sqs', resource, arnFormat: ArnFormat.NO_RESOURCE_NAME });
  }
}
