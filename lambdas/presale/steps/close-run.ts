import type * as z from 'zod';
import type { closeRunInput, ReportMail } from '../contract.ts';
import { missingLines } from '../mails/county-lines.ts';
import { mailHtml } from '../mails/mail-html.ts';
import { mailText } from '../mails/mail-text.ts';
import type { RunBook } from '../ports.ts';
import type { RunStanding } from '../publication/run-standing.ts';

export interface CloseRunPorts {
  readonly runs: Pick<RunBook, 'end' | 'of'>;
}

type Ending = z.output<typeof closeRunInput>;

/** Ends a run that gave up, by what of it is loaded all the same, and composes the mail to the person who must look. */
export async function closeRun(ending: Ending, { runs }: CloseRunPorts): Promise<ReportMail> {
  const cause = causeOf(ending);
  // Who stops a run from outside knows no plan of it; what was never planned is not in the book.
  const run = ending.plan ?? (await runs.of(ending.run_id));
  const standing = run && (await runs.end(run, cause));
  return composeMail(ending, cause, standing);
}

function composeMail(ending: Ending, cause: string, standing: RunStanding | undefined): ReportMail {
  const partial = standing?.state === 'partial';
  const subject = `Pre-sale deals: run ${ending.plan?.name ?? ending.run_id} gave up${partial ? ' and is partial' : ''}`;
  // The run's other counties are missing as well as those of this execution.
  const lines = missingLines({ ...standing?.missing, ...ending.reasons });
  const paragraphs = [
    `Run ${ending.run_id} gave up${ending.attempt ? ` in round ${ending.attempt}` : ''}: ${cause}`,
    ...(partial ? ['It is partial: some counties are loaded and in the statistics; those below are not loaded.'] : []),
    'What is loaded stays; nothing has to be undone. POST /presale/runs starts the run again: counties with a backup are loaded from it.',
  ];
  return { subject, text: mailText(paragraphs, lines), html: mailHtml(subject, paragraphs, lines) };
}

function causeOf({ error, cause }: Ending): string {
  const parts = [error, cause].filter((part): part is string => Boolean(part));
  return parts.length > 0 ? parts.join(': ') : 'the attempts are exhausted';
}
