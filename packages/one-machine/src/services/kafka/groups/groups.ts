import { randomUUID } from 'node:crypto';
import { errors } from '../wire/errors.ts';
import { Group, refusedJoin } from './group.ts';
import type { Joined, Joining } from './joining.ts';

/** All consumer groups with members. Where they are in their partitions is in the committed offsets. */
export class Groups {
  readonly #groups = new Map<string, Group>();
  /** Ids given out to members that came without one, until they join by it. */
  readonly #expected = new Set<string>();

  get(id: string): Group | undefined {
    return this.#groups.get(id);
  }

  all(): readonly Group[] {
    return [...this.#groups.values()];
  }

  /**
   * A newcomer is given an id first and joins by it in a second request (from version 4 on), so that one whose answer is
   * lost leaves no member behind for whom all others wait. Source: KIP-394.
   */
  join(joining: Joining, version: number): Promise<Joined> {
    const { group: id, member, sessionTimeoutMs } = joining.request;
    const group = this.#groups.get(id) ?? new Group(id);
    if (id === '') return Promise.resolve(refusedJoin(errors.invalidRequest, member));
    if (sessionTimeoutMs <= 0) return Promise.resolve(refusedJoin(errors.invalidSessionTimeout, member));
    if (member === '') {
      const given = `${joining.clientId}-${randomUUID()}`;
      if (version < 4) return this.#enter(group, joining, given);
      this.#expected.add(given);
      setTimeout(() => this.#expected.delete(given), sessionTimeoutMs).unref();
      return Promise.resolve(refusedJoin(errors.memberIdRequired, given));
    }
    const known = this.#expected.delete(member) || group.members.some((one) => one.id === member);
    return known ? this.#enter(group, joining, member) : Promise.resolve(refusedJoin(errors.unknownMember, member));
  }

  delete(id: string): void {
    this.#groups.get(id)?.close();
    this.#groups.delete(id);
  }

  close(): void {
    for (const group of this.#groups.values()) group.close();
  }

  #enter(group: Group, joining: Joining, member: string): Promise<Joined> {
    this.#groups.set(group.id, group);
    return group.join(joining, member);
  }
}
