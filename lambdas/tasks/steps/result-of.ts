import { workerMemory } from '../contract.ts';
import { costUsd, type TaskOutcome } from '../task.ts';

/** What came of a task, as callers read it and as they are told. A result in the bucket is linked. */
export async function resultOf(outcome: TaskOutcome, link: (key: string) => Promise<string>) {
  const { task_id, status, result, result_key, result_bytes, error, traceback, worked_ms } = outcome;
  const ran = outcome.ended_at !== null && outcome.started_at !== null;
  return {
    task_id,
    status,
    result,
    result_url: result_key === null ? null : await link(result_key),
    result_bytes,
    error,
    traceback,
    progress: { percent: outcome.progress_percent, text: outcome.progress_text },
    started_at: outcome.started_at,
    ended_at: outcome.ended_at,
    duration_ms: ran ? worked_ms : null,
    cost: ran ? costUsd(worked_ms, workerMemory) : null,
  };
}
