import type { RequestOf } from '../wire/api.ts';
import { type ErrorCode, errors } from '../wire/errors.ts';
import type { syncGroup } from '../wire/group-apis.ts';
import type { Joined, Joining, Synced } from './joining.ts';
import { type GroupState, Member } from './member.ts';

// Consumers of one program start together: a moment's wait makes one rebalance of many.
const firstMembersMs = 100;

/**
 * One consumer group: who is in it and, for each generation, who reads what. Its members agree in two rounds: all join,
 * then the leader hands in the assignments and all are given theirs. Source: Kafka's group membership protocol (KIP-62).
 */
export class Group {
  readonly id: string;
  readonly #members = new Map<string, Member>();
  #state: GroupState = 'Empty';
  #generation = 0;
  #kind = '';
  #protocol = '';
  #leader = '';
  #rebalanceTimer: NodeJS.Timeout | undefined;
  /** The first members of an empty group are coming. */
  #opening = false;

  constructor(id: string) {
    this.id = id;
  }

  get state(): GroupState {
    return this.#state;
  }

  get kind(): string {
    return this.#kind;
  }

  get protocol(): string {
    return this.#state === 'Stable' ? this.#protocol : '';
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** Resolves when every member has joined, or was waited for long enough. */
  join(joining: Joining, memberId: string): Promise<Joined> {
    const { request } = joining;
    const known = this.#members.get(memberId);
    const fault = this.#faultOf(request, memberId);
    if (fault !== undefined) return Promise.resolve(refusedJoin(fault, memberId));
    const unchanged = known?.offersSame(request.protocols) ?? false;
    const goesOn =
      unchanged && (this.#state === 'CompletingRebalance' || (this.#state === 'Stable' && memberId !== this.#leader));
    const member = known ?? new Member(memberId, joining, () => this.#expire(memberId));
    this.#members.set(memberId, member);
    member.update(request);
    this.#kind = request.kind;
    if (goesOn) {
      member.alive();
      return Promise.resolve(this.#joinAnswer(member));
    }
    return new Promise((resolve) => {
      member.waitForJoin(resolve);
      this.#rebalance();
    });
  }

  /** Resolves when the leader has handed in the assignments. */
  sync({ member: memberId, generation, assignments }: RequestOf<typeof syncGroup>): Promise<Synced> {
    const member = this.#members.get(memberId);
    const error = this.check(memberId, generation);
    if (error !== errors.none || !member) return Promise.resolve(refusedSync(error));
    if (this.#state === 'PreparingRebalance') return Promise.resolve(refusedSync(errors.rebalanceInProgress));
    member.alive();
    if (this.#state === 'CompletingRebalance') {
      if (memberId !== this.#leader) return new Promise((resolve) => member.waitForSync(resolve));
      const byMember = new Map(assignments.map((one) => [one.member, one.assignment]));
      this.#state = 'Stable';
      for (const [id, one] of this.#members) one.assign(byMember.get(id) ?? Buffer.alloc(0));
    }
    return Promise.resolve({ error: errors.none, assignment: member.assignment });
  }

  heartbeat(memberId: string, generation: number): ErrorCode {
    const error = this.check(memberId, generation);
    if (error !== errors.none) return error;
    this.#members.get(memberId)?.alive();
    return this.#state === 'PreparingRebalance' ? errors.rebalanceInProgress : errors.none;
  }

  leave(memberId: string): ErrorCode {
    if (!this.#members.has(memberId)) return errors.unknownMember;
    this.#remove(memberId);
    return errors.none;
  }

  /** Whether a member speaks for the generation of now. */
  check(memberId: string, generation: number): ErrorCode {
    if (!this.#members.has(memberId)) return errors.unknownMember;
    return generation === this.#generation ? errors.none : errors.illegalGeneration;
  }

  /** Ends all waiting, so that the process can end. */
  close(): void {
    clearTimeout(this.#rebalanceTimer);
    for (const member of this.#members.values()) member.close();
  }

  #faultOf(request: Joining['request'], memberId: string): ErrorCode | undefined {
    if (request.protocols.length === 0 || request.kind === '') return errors.inconsistentGroupProtocol;
    const others = this.members.filter(({ id }) => id !== memberId);
    if (others.length === 0) return undefined;
    const common = request.protocols.some(({ name }) => others.every((member) => member.offers(name)));
    return request.kind === this.#kind && common ? undefined : errors.inconsistentGroupProtocol;
  }

  #rebalance(): void {
    if (this.#state !== 'PreparingRebalance') {
      this.#opening = this.#state === 'Empty';
      this.#state = 'PreparingRebalance';
      for (const member of this.#members.values()) member.refuseSync(refusedSync(errors.rebalanceInProgress));
      clearTimeout(this.#rebalanceTimer);
      const patience = Math.max(...this.members.map(({ rebalanceTimeoutMs }) => rebalanceTimeoutMs));
      this.#rebalanceTimer = setTimeout(() => this.#complete(), this.#opening ? firstMembersMs : patience);
    }
    if (!this.#opening && this.members.every((member) => member.joining)) this.#complete();
  }

  /** The members that have joined by now make the next generation. */
  #complete(): void {
    clearTimeout(this.#rebalanceTimer);
    this.#opening = false;
    for (const [id, member] of this.#members) {
      if (member.joining) continue;
      member.close();
      this.#members.delete(id);
    }
    this.#generation += 1;
    const [first] = this.members;
    if (!first) {
      this.#state = 'Empty';
      return;
    }
    if (!this.#members.has(this.#leader)) this.#leader = first.id;
    this.#protocol = this.#vote(first);
    this.#state = 'CompletingRebalance';
    for (const member of this.members) member.joined(this.#joinAnswer(member));
  }

  /** The protocol that all know and most prefer. */
  #vote(first: Member): string {
    const common = first.protocolNames.filter((name) => this.members.every((member) => member.offers(name)));
    const votes = this.members.map((member) => member.protocolNames.find((name) => common.includes(name)));
    const counted = common.map((name) => [name, votes.filter((vote) => vote === name).length] as const);
    return counted.sort(([, one], [, other]) => other - one)[0]?.[0] ?? '';
  }

  #joinAnswer(member: Member): Joined {
    return {
      error: errors.none,
      generation: this.#generation,
      protocol: this.#protocol,
      leader: this.#leader,
      member: member.id,
      members:
        member.id === this.#leader
          ? this.members.map((one) => ({ id: one.id, metadata: one.metadataFor(this.#protocol) }))
          : [],
    };
  }

  #expire(memberId: string): void {
    if (this.#members.has(memberId)) this.#remove(memberId);
  }

  #remove(memberId: string): void {
    this.#members.get(memberId)?.close();
    this.#members.delete(memberId);
    if (this.#members.size > 0) {
      this.#rebalance();
      return;
    }
    clearTimeout(this.#rebalanceTimer);
    this.#generation += 1;
    this.#state = 'Empty';
  }
}

/** The answer to who may not join. */
export function refusedJoin(error: ErrorCode, member: string): Joined {
  return { error, generation: -1, protocol: '', leader: '', member, members: [] };
}

function refusedSync(error: ErrorCode): Synced {
  return { error, assignment: Buffer.alloc(0) };
}
