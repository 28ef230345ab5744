import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { erasedAmong } from '../erasure/tombstone-store.ts';
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
  return {
    async keep({ key, user, request_id, asked_at, model_id, experiment, items, context }) {
      // The day's first answer makes its partition; whoever comes after finds it.
      await sql`SELECT recommender.make_day('answers', (${asked_at}::timestamptz AT TIME ZONE 'UTC')::date)`.execute(
        query,
      );
      await query.transaction().execute(async (on) => {
        // Of an erased user an answer is nobody's: it is kept for its next page, and names no one.
        const isErased =
          user !== undefined && (await erasedAmong({ query: on }, [await hashOf(key.tenant, user)])).size > 0;
        const group = isErased ? undefined : experiment;
        await sql`
          INSERT INTO recommender.answers (tenant_id, request_id, scenario_id, user_id, asked_at, day, model_id,
            experiment_id, experiment_group, items, context)
          VALUES (${key.tenant}, ${request_id}, ${key.scenario}, ${isErased ? '' : (user ?? '')}, ${asked_at},
            (${asked_at}::timestamptz AT TIME ZONE 'UTC')::date, ${model_id ?? null},
            ${group?.experiment_id ?? null}, ${group?.group ?? null}, ${JSON.stringify(items)}::jsonb,
            ${JSON.stringify(context)}::jsonb)`.execute(on);
      });
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
