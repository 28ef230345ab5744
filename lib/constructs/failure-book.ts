import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import type { EdgeName } from '../../lambdas/kit/ledger/edge.ts';

export type { EdgeName };

/** The end of an asynchronous edge. */
export interface DeadEnd {
  readonly edge: EdgeName;
  readonly deadLetters: Queue;
  /** The queue whose messages end here. @default the dead letters say themselves what failed */
  readonly source?: Queue;
}

/** A state machine whose failed executions belong into the ledger. */
export interface WatchedMachine {
  readonly edge: EdgeName;
  readonly machine: StateMachine;
  /** Its runs may be stopped: by whom such a run is closed, or `nobody` where no book has it. @default they may not */
  readonly stopped?: IFunction | 'nobody';
}

/**
 * Every asynchronous edge of the app. Each construct that makes one books it, and the ledger reads the book: a new edge
 * needs no line elsewhere.
 */
export class FailureBook {
  readonly deadEnds: DeadEnd[] = [];
  readonly machines: WatchedMachine[] = [];
  /** Functions that are invoked asynchronously. */
  readonly functions: IFunction[] = [];
  /** Prefixes in the raw bucket where a failure's corrected input is dropped again. */
  readonly prefixes: string[] = [];
  /** Where functions tell what they failed on. Made before everything that tells. */
  reports: Queue | undefined;
  static readonly #books = new WeakMap<IConstruct, FailureBook>();

  /** The book of the app a construct stands in. */
  static of(scope: IConstruct): FailureBook {
    const book = FailureBook.#books.get(scope.node.root) ?? new FailureBook();
    FailureBook.#books.set(scope.node.root, book);
    return book;
  }
}
