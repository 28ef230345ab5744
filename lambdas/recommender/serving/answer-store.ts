import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { dayMaker } from '../behavior/days-store.ts';
import { dayOf } from '../behavior/rows.ts';
import { erasureLock } from '../erasure/tombstone-store.ts';
import type { Answered, AnsweredItem, KeptAnswer } from './answer.ts';

/** What `/recommend` has answered: what behaviour is attributed to, and where the next page goes on. */
export interface AnswerBook {
  keep(answer: KeptAnswer): Promise<void>;
  /** `undefined` where the tenant has no such answer any more. */
  find(tenant: string, requestId: string): Promise<Answered | undefined>;
  /** `false` where another page was added since the answer was found: two who ask at once don't get one page twice. */
  extend(
    tenant: string,
    requestId: string,
    page: { readonly known: number; readonly items: readonly AnsweredItem[] },
  ): Promise<boolean>;
}

/** In recommender.answers; users who were erased are known by their hashes. */
export function answerBook(
  { query }: Pick<Database<unknown>, 'query'>,
  hashOf: (tenant: string, user: string) => Promise<string>,
): AnswerBook {
  const makeDays = dayMaker({ query }, 'answers');
  return {
    async keep(answer) {
      const { key, user, asked_at } = answer;
      await makeDays([dayOf(asked_at)]);
      const hash = user === undefined ? null : await hashOf(key.tenant, user);
      await sql`
        SELECT recommender.keep_answer(
          jsonb_populate_record(NULL::recommender.answers, ${JSON.stringify(rowOf(answer))}::jsonb), ${hash}, ${erasureLock})`.execute(
        query,
      );
    },
    async find(tenant, requestId) {
      const { rows } = await sql<Answered>`
        SELECT scenario_id, user_id, items, context, experiment_id, experiment_group FROM recommender.answers
        WHERE tenant_id = ${tenant} AND request_id = ${requestId}`.execute(query);
      return rows[0];
    },
    async extend(tenant, requestId, { known, items }) {
      const { numAffectedRows: extended = 0n } = await sql`
        UPDATE recommender.answers SET items = items || ${JSON.stringify(items)}::jsonb
        WHERE tenant_id = ${tenant} AND request_id = ${requestId} AND jsonb_array_length(items) = ${known}`.execute(
        query,
      );
      return extended > 0n;
    },
  };
}

/** By the names of the columns. */
function rowOf({ key, user, request_id, asked_at, model_id, experiment, items, context }: KeptAnswer) {
  return {
    tenant_id: key.tenant,
    request_id,
    scenario_id: key.scenario,
    user_id: user ?? '',
    asked_at,
    day: dayOf(asked_at),
    model_id,
    experiment_id: experiment?.experiment_id,
    experiment_group: experiment?.group,
    items,
    context,
  };
}
