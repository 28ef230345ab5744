import type * as z from 'zod';
import type { ReportMail, RunPlan, writeReportInput } from '../contract.ts';
import { countyLines } from '../mails/county-lines.ts';
import { mailHtml } from '../mails/mail-html.ts';
import { mailText } from '../mails/mail-text.ts';
import type { CountyFailures, CountyReport, DriftBook, RunBook } from '../ports.ts';
import { oddities } from './drift.ts';

export interface WriteReportPorts {
  readonly runs: Pick<RunBook, 'facts' | 'end'>;
  readonly drift: Pick<DriftBook, 'tell' | 'earlier'>;
  readonly failures: Pick<CountyFailures, 'runIsIn'>;
  readonly bucket: string;
  /** Adds to a metric. */
  readonly count: (name: string, value: number) => void;
}

/** Composes the mail of a verified run and closes the run in the book: the last state that needs the database. */
export async function writeReport(
  { plan, attempt, execution }: z.output<typeof writeReportInput>,
  { runs, drift, failures, bucket, count }: WriteReportPorts,
): Promise<ReportMail> {
  const reports = await runs.facts(plan);
  const { sentences: alerts, news } = await drift.tell(plan, oddities(reports, await drift.earlier(plan)));
  count('PresaleDrift', news);
  const mail = composeReport(plan, attempt, { reports, alerts }, bucket);
  await runs.end(plan, 'complete');
  await failures.runIsIn(plan, execution);
  return mail;
}

function composeReport(
  plan: RunPlan,
  attempt: number,
  { reports, alerts }: { readonly reports: readonly CountyReport[]; readonly alerts: readonly string[] },
  bucket: string,
): ReportMail {
  const total = (count: (report: CountyReport) => number) =>
    reports.filter(({ state }) => state === 'loaded').reduce((sum, report) => sum + count(report), 0);
  const good = total((report) => report.good);
  const problems = total((report) => report.problems);
  const subject = `Pre-sale deals ${plan.name}: ${good} rows loaded, ${problems} problem rows`;
  const lines = countyLines(reports, { bucket, publicationDate: plan.publication_date });
  const paragraphs = [
    ...alerts.map((alert) => `Look at this: ${alert}`),
    `Run ${plan.run_id} is complete after ${attempt} ${attempt === 1 ? 'round' : 'rounds'}: ` +
      `${good} good rows and ${problems} problem rows of ${total((report) => report.rows_read)} read.`,
    `The run: GET /presale/runs/${plan.publication_date}`,
    ...(problems > 0 ? [`The problem rows: GET /presale/problems?publication_date=${plan.publication_date}`] : []),
  ];
  return { subject, text: mailText(paragraphs, lines), html: mailHtml(subject, paragraphs, lines) };
}
