import type { Groups } from '../groups/groups.ts';
import type { CommittedOffsets } from '../groups/offsets.ts';
import type { Topics } from '../log/topics.ts';
import type { Api } from '../wire/api.ts';

/** What answers are made of. */
export interface Broker {
  readonly topics: Topics;
  readonly groups: Groups;
  readonly offsets: CommittedOffsets;
  /** Where clients reach it, as they are told. */
  readonly host: string;
  readonly port: number;
  /** Partitions of a topic that doesn't say; also of one that is made by being asked for. */
  readonly defaultPartitions: number;
  /** Whether a missing topic is made when a client asks for it. */
  readonly autoCreate: boolean;
}

/** Who asks. */
export interface Caller {
  readonly version: number;
  readonly clientId: string;
  readonly host: string;
  /** Is aborted when the connection is gone. */
  readonly gone: AbortSignal;
}

type Answer<Q, A> = (request: Q, caller: Caller) => A | undefined | Promise<A | undefined>;

/** An API with its answer; `undefined` where the client wants none. */
export interface Answering {
  readonly api: Api;
  readonly answer: Answer<unknown, unknown>;
}

/** Ties an answer to its API's types, then lets all of them stand in one table. */
export function answering<Q, A>(api: Api<Q, A>, answer: Answer<Q, A>): Answering {
  return { api: api as Api, answer: answer as Answer<unknown, unknown> };
}

/** This broker's number: it is the only one. */
export const node = 1;
