import type { Edited } from '#kit/api/authentication/edit-users.ts';
import type { User } from '#kit/api/authentication/users.ts';
import type { Page, Paging } from '#kit/api/paging.ts';

/** One thing that was done to a user. */
export interface UserChange {
  readonly id: number;
  readonly changed_at: Date;
  readonly who: string;
  readonly name: string;
  readonly what: string;
  readonly detail: string | null;
}

/** A change that is asked for. */
export interface AskedChange {
  readonly who: string;
  readonly name: string;
  /** `add`, `token add`, ...: the words of `npm run users`. */
  readonly what: string;
  readonly detail?: string | undefined;
  readonly edit: (users: readonly User[]) => Edited;
}

export interface UserDirectory {
  list(): Promise<readonly User[]>;
  /** Applies changes one after another, each to the result of the one before, and records each. */
  change(asked: AskedChange): Promise<Edited>;
  /** The newest first. */
  changes(filter: Paging & { readonly name?: string | undefined }): Promise<Page<UserChange>>;
}
