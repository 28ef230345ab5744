import { readFileSync } from 'node:fs';
import { tokenOf } from '../../../local/callers/console-token.ts';
import type { Document } from '../../support/fuzz/document.ts';
import { runToEnd, startTestStack, type TestStack } from '../../support/stack.ts';

/** A stack with something to ask for, and what opens it. */
export interface FuzzedStack {
  readonly running: TestStack;
  readonly url: string;
  readonly authorization: string;
}

/** The document that callers have. */
export const documentFile = 'docs/openapi.json';

export const document = JSON.parse(readFileSync(documentFile, 'utf8')) as Document;

const variables = {
  PRESALE_COUNTIES: 'W',
  // Who asks all the time is not to be told to wait.
  CALLER_REQUESTS_PER_SECOND: '100000',
  CALLER_BURST: '100000',
  POWERTOOLS_LOG_LEVEL: 'ERROR',
};

/** Starts it and loads one publication: deals, problem rows, a run and its slot. */
export async function startFuzzedStack(): Promise<FuzzedStack> {
  const running = await startTestStack(variables);
  const { stack } = running;
  stack.services.site?.setToday('2026-09-01');
  const { body } = await running.api('/presale/runs', {
    method: 'POST',
    body: JSON.stringify({ publication_date: '2026-09-01', counties: ['W'] }),
  });
  await runToEnd(stack, (body as { result: { run_id: string } }).result.run_id);
  const url = stack.wiring.api?.url.replace(/\/$/, '') ?? '';
  return { running, url, authorization: `Bearer ${tokenOf(stack.services)}` };
}
