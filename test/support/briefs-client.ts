import { expect } from 'vitest';
import type { TestStack } from './stack.ts';

/** An entry of a brief's job_content. */
export interface Entry {
  readonly platform: string;
  readonly keywords: string;
  readonly limitnum: number;
  readonly starttime: number;
  readonly endtime: number;
}

/** A brief as POST /job/view tells it. */
export interface Viewed {
  readonly jobUuid: string;
  readonly jobName: string;
  readonly jobStatus: string;
  readonly state: string;
  readonly data: readonly ViewedStage[];
}

export interface ViewedStage {
  readonly stageUuid: string;
  readonly stageName: string;
  readonly stageState: string;
  readonly downloadUrl: string;
  readonly remarks: string | null;
  readonly data_list: readonly Readonly<Record<string, unknown>>[];
}

export type BriefsClient = ReturnType<typeof briefsClient>;

const ended = new Set(['finished', 'partial', 'failed', 'cancelled']);
// Longer than any brief of a test takes on a busy machine.
const patienceMs = 600_000;

/** Asks for briefs as the front end does. */
export function briefsClient({ api }: Pick<TestStack, 'api'>) {
  const ask = async <T>(route: string, body: object): Promise<T> => {
    const answer = await api(`/dts-auto-brief${route}`, { method: 'POST', body: JSON.stringify(body) });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const { err_code, data } = answer.body as { readonly err_code: number; readonly data: T };
    expect(err_code, JSON.stringify(answer.body)).toBe(0);
    return data;
  };
  const view = (job_uuid: string) => ask<Viewed>('/job/view', { job_uuid });
  return {
    ask,
    view,
    /** Resolves to the brief's id. */
    submit: async (job_name: string, job_content: readonly Entry[]): Promise<string> =>
      (await ask<{ readonly jobUuid: string }>('/job/submit', { job_name, job_desc: { job_content } })).jobUuid,
    toEnd: async (job_uuid: string): Promise<Viewed> => {
      for (const until = Date.now() + patienceMs; Date.now() < until; ) {
        const brief = await view(job_uuid);
        if (ended.has(brief.state)) return brief;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      throw new Error(`Brief ${job_uuid} has not ended after ${patienceMs} ms`);
    },
  };
}
