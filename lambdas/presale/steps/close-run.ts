import type * as z from 'zod';
import type { closeRunInput, ReportMail } from '../contract.ts';
import { mailHtml } from '../mails/mail-html.ts';
import { mailText } from '../mails/mail-text.ts';
import type { RunBook } from '../ports.ts';
import { type CountyLetter, counties } from '../publication/counties.ts';

export interface CloseRunPorts {
  readonly runs: Pick<RunBook, 'end'>;
}

type Ending = z.output<typeof closeRunInput>;

/** Marks a run as failed and composes the mail to the person who must look. */
export async function closeRun(ending: Ending, { runs }: CloseRunPorts): Promise<ReportMail> {
  const cause = causeOf(ending);
  // Without a plan there is no run in the book.
  if (ending.plan) await runs.end(ending.plan, 'failed', cause);
  return composeMail(ending, cause);
}

function composeMail(ending: Ending, cause: string): ReportMail {
  const subject = `Pre-sale deals: run ${ending.plan?.name ?? ending.run_id} gave up`;
  const reasons = Object.entries(ending.reasons ?? {}) as [CountyLetter, string][];
  const lines = reasons.map(([letter, says]) => ({ county: `${letter} ${counties[letter]}`, says, files: [] }));
  const paragraphs = [
    `Run ${ending.run_id} gave up${ending.attempt ? ` in round ${ending.attempt}` : ''}: ${cause}`,
    'What is loaded stays; nothing has to be undone. POST /presale/runs starts the run again: counties with a backup are loaded from it.',
  ];
  return { subject, text: mailText(paragraphs, lines), html: mailHtml(subject, paragraphs, lines) };
}

function causeOf({ error, cause }: Ending): string {
  const parts = [error, cause].filter((part): part is string => Boolean(part));
  return parts.length > 0 ? parts.join(': ') : 'the attempts are exhausted';
}
