import { type Severity, severities } from '#kit/ledger/severity.ts';
import type { AlertGroup, Claimed, FailureGroup } from './claimed.ts';
import { type AlertSettings, ratingOf } from './settings.ts';

/** One paragraph of a mail: what happened, how often, and where to go on. */
export interface Item {
  readonly severity: Severity;
  readonly title: string;
  readonly count: number;
  readonly from: Date;
  readonly to: Date;
  readonly examples: readonly string[];
  /** `Runbook` -> address. */
  readonly links: Readonly<Record<string, string>>;
}

/** The items of a mail, the most urgent first and among those the most frequent. */
export function itemsOf(claimed: Claimed, settings: AlertSettings): Item[] {
  const failures = claimed.failureGroups.map((group) => failureItem(group, claimed.workload, settings));
  const alerts = claimed.alertGroups.map((group) => alertItem(group, settings));
  const urgency = ({ severity }: Item) => severities.indexOf(severity);
  return [...alerts, ...failures].sort((one, other) => urgency(one) - urgency(other) || other.count - one.count);
}

function failureItem(group: FailureGroup, teller: string, settings: AlertSettings): Item {
  const { workload, source_name, reason, count, first_at, last_at, examples } = group;
  const edge = `${workload}/${source_name}`;
  // Failed mails ride along with another workload's.
  const source = workload === teller ? source_name : edge;
  const { severity, section } = ratingOf(settings, edge);
  // A reason that is a whole text would make an address that no program opens.
  const filter = reason.length <= longestReason ? { reason } : undefined;
  const query = new URLSearchParams({ workload, source: source_name, ...filter, state: 'open' });
  return {
    severity,
    title: `${oneLine(reason, longestReason)} in ${source}`,
    count,
    from: first_at,
    to: last_at,
    examples: examples.map(({ id, message }) => `${id}: ${oneLine(message, longestMessage)}`),
    links: {
      Ledger:
        settings.api === undefined ? `GET /platform/failures?${query}` : `${settings.api}platform/failures?${query}`,
      Runbook: `${settings.runbook}#${section}`,
    },
  };
}

function alertItem({ severity, name, count, first_at, last_at, examples }: AlertGroup, settings: AlertSettings): Item {
  return {
    severity,
    title: name,
    count,
    from: first_at,
    to: last_at,
    examples: examples.map((message) => oneLine(message, longestMessage)),
    links: { Runbook: `${settings.runbook}#${name}` },
  };
}

const longestReason = 100;
const longestMessage = 300;

function oneLine(text: string, longest: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
