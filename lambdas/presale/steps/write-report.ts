import type * as z from 'zod';
import type { ReportMail, RunPlan, writeReportInput } from '../contract.ts';
import { countyLines, missingLines } from '../mails/county-lines.ts';
import { mailHtml } from '../mails/mail-html.ts';
import { mailText, type Paragraph } from '../mails/mail-text.ts';
import type { CountyFailures, CountyReport, DriftBook, RunBook } from '../ports.ts';
import type { RunStanding } from '../publication/run-standing.ts';
import { oddities } from './drift.ts';

export interface WriteReportPorts {
  readonly runs: Pick<RunBook, 'facts' | 'end'>;
  readonly drift: Pick<DriftBook, 'tell' | 'earlier'>;
  readonly failures: Pick<CountyFailures, 'runIsIn'>;
  /** Wakes the mailer of these workloads. */
  readonly wake: (workloads: Iterable<string>) => Promise<void>;
  readonly bucket: string;
  /** Where the API answers, with a slash at its end; `undefined` where it is not known. */
  readonly api: string | undefined;
  /** Adds to a metric. */
  readonly count: (name: string, value: number) => void;
}

/** Composes the mail of a verified run and closes the run in the book: the last state that needs the database. */
export async function writeReport(
  { plan, attempt, execution }: z.output<typeof writeReportInput>,
  { runs, drift, failures, wake, bucket, api, count }: WriteReportPorts,
): Promise<ReportMail> {
  const reports = await runs.facts(plan);
  const { sentences: alerts, news } = await drift.tell(plan, oddities(reports, await drift.earlier(plan)));
  count('PresaleDrift', news);
  const told: Told = { reports, alerts, good: total(reports, 'good'), problems: total(reports, 'problems') };
  // The loads have written the problem rows to the ledger, each county by itself: here they are told of, once.
  if (alerts.length > 0 || told.problems > 0) await wake(['presale']);
  const standing = await runs.end(plan);
  await failures.runIsIn(plan, execution, standing.state === 'complete');
  return composeReport({ plan, attempt, bucket, api, standing }, told);
}

interface Told {
  readonly reports: readonly CountyReport[];
  readonly alerts: readonly string[];
  readonly good: number;
  readonly problems: number;
}

function composeReport(
  {
    plan,
    attempt,
    bucket,
    api,
    standing,
  }: Pick<WriteReportPorts, 'bucket' | 'api'> & {
    readonly plan: RunPlan;
    readonly attempt: number;
    readonly standing: RunStanding;
  },
  { reports, alerts, good, problems }: Told,
): ReportMail {
  const whole = standing.state === 'complete';
  const lacking = Object.keys(standing.missing).length;
  const rows = `${good} rows loaded, ${problems} problem rows`;
  const subject = `Pre-sale deals ${plan.name}: ${rows}${whole ? '' : `, ${lacking} other counties not loaded`}`;
  const loaded = countyLines(reports, { bucket, publicationDate: plan.publication_date });
  const lines = [...loaded, ...missingLines(standing.missing)];
  const address = (route: string) => (api === undefined ? `GET /${route}` : `${api}${route}`);
  const date = plan.publication_date;
  const paragraphs: Paragraph[] = [
    ...alerts.map((alert) => `Look at this: ${alert}`),
    `Run ${plan.run_id} is ${whole ? 'complete' : 'in'} after ${attempt} ${attempt === 1 ? 'round' : 'rounds'}: ` +
      `${good} good rows and ${problems} problem rows of ${total(reports, 'rows_read')} read.`,
    ...(whole ? [] : [`${plan.name} is ${standing.state} all the same: ${lacking} of its counties are not loaded.`]),
    { label: 'The run', address: address(`presale/runs/${date}`) },
    ...(problems > 0
      ? [{ label: 'The problem rows', address: address(`presale/problems?publication_date=${date}`) }]
      : []),
  ];
  return { subject, text: mailText(paragraphs, lines), html: mailHtml(subject, paragraphs, lines) };
}

function total(reports: readonly CountyReport[], count: 'good' | 'problems' | 'rows_read'): number {
  return reports.filter(({ state }) => state === 'loaded').reduce((sum, report) => sum + report[count], 0);
}
