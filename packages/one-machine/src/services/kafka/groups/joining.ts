import type { AnswerOf, RequestOf } from '../wire/api.ts';
import type { joinGroup, syncGroup } from '../wire/group-apis.ts';

/** What a group answers to one who joins, and to one who asks for its assignment. */
export type Joined = Omit<AnswerOf<typeof joinGroup>, 'throttleMs'>;
export type Synced = Omit<AnswerOf<typeof syncGroup>, 'throttleMs'>;

/** Who asks to join, and how. */
export interface Joining {
  readonly request: RequestOf<typeof joinGroup>;
  readonly clientId: string;
  readonly host: string;
}
