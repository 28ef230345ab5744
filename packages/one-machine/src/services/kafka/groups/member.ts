import type { RequestOf } from '../wire/api.ts';
import { errors } from '../wire/errors.ts';
import type { joinGroup } from '../wire/group-apis.ts';
import type { Joined, Joining, Synced } from './joining.ts';

/** In the words of the protocol: tools show them. */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

type Join = RequestOf<typeof joinGroup>;
type Protocols = Join['protocols'];

/** One consumer of a group, and what it is waiting for. */
export class Member {
  readonly id: string;
  readonly clientId: string;
  readonly host: string;
  readonly #onSilence: () => void;
  #protocols: Protocols = [];
  #sessionTimeoutMs = 0;
  #rebalanceTimeoutMs = 0;
  #assignment: Buffer = Buffer.alloc(0);
  #silence: NodeJS.Timeout | undefined;
  #onJoined: ((answer: Joined) => void) | undefined;
  #onSynced: ((answer: Synced) => void) | undefined;

  constructor(id: string, { clientId, host }: Joining, onSilence: () => void) {
    this.id = id;
    this.clientId = clientId;
    this.host = host;
    this.#onSilence = onSilence;
  }

  get rebalanceTimeoutMs(): number {
    return this.#rebalanceTimeoutMs;
  }

  get assignment(): Buffer {
    return this.#assignment;
  }

  get protocolNames(): readonly string[] {
    return this.#protocols.map(({ name }) => name);
  }

  /** Whether it has asked for the next generation and waits for it. */
  get joining(): boolean {
    return this.#onJoined !== undefined;
  }

  /** Keeps copies: the request's bytes are those of its frame. */
  update({ protocols, sessionTimeoutMs, rebalanceTimeoutMs }: Join): void {
    this.#protocols = protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }));
    this.#sessionTimeoutMs = sessionTimeoutMs;
    this.#rebalanceTimeoutMs = rebalanceTimeoutMs < 0 ? sessionTimeoutMs : rebalanceTimeoutMs;
  }

  offers(protocol: string): boolean {
    return this.#protocols.some(({ name }) => name === protocol);
  }

  offersSame(protocols: Protocols): boolean {
    return (
      protocols.length === this.#protocols.length &&
      protocols.every(({ name, metadata }, index) => {
        const mine = this.#protocols[index];
        return mine?.name === name && mine.metadata.equals(metadata);
      })
    );
  }

  metadataFor(protocol: string): Buffer {
    return this.#protocols.find(({ name }) => name === protocol)?.metadata ?? Buffer.alloc(0);
  }

  /** It was heard of: its silence starts anew. */
  alive(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(this.#onSilence, this.#sessionTimeoutMs);
  }

  waitForJoin(resolve: (answer: Joined) => void): void {
    // Who asks twice (a new connection) is answered there; while it waits its session can't end.
    this.#onJoined?.({
      error: errors.unknownMember,
      generation: -1,
      protocol: '',
      leader: '',
      member: this.id,
      members: [],
    });
    clearTimeout(this.#silence);
    this.#onJoined = resolve;
  }

  joined(answer: Joined): void {
    const resolve = this.#onJoined;
    this.#onJoined = undefined;
    this.#assignment = Buffer.alloc(0);
    this.alive();
    resolve?.(answer);
  }

  waitForSync(resolve: (answer: Synced) => void): void {
    this.#onSynced?.({ error: errors.rebalanceInProgress, assignment: Buffer.alloc(0) });
    this.#onSynced = resolve;
  }

  /** Gives it its part of the generation. */
  assign(assignment: Buffer): void {
    this.#assignment = Buffer.from(assignment);
    this.refuseSync({ error: errors.none, assignment: this.#assignment });
  }

  /** Answers a waiting sync, if one waits. */
  refuseSync(answer: Synced): void {
    const resolve = this.#onSynced;
    this.#onSynced = undefined;
    resolve?.(answer);
  }

  /** It is in the group no longer. */
  close(): void {
    clearTimeout(this.#silence);
    this.#onJoined?.({
      error: errors.unknownMember,
      generation: -1,
      protocol: '',
      leader: '',
      member: this.id,
      members: [],
    });
    this.#onJoined = undefined;
    this.refuseSync({ error: errors.unknownMember, assignment: Buffer.alloc(0) });
  }
}
