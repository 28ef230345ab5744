import { type Severity, severities } from '#kit/ledger/severity.ts';
import type { AlarmChange } from '../contract.ts';

/** An alarm's change as the book of alerts takes it. */
export interface RaisedAlert {
  readonly naturalKey: string;
  readonly workload: string;
  readonly severity: Severity;
  readonly name: string;
  readonly message: string;
}

/**
 * A change of a CloudWatch alarm as an alert: named as the runbook's section, of the alarm's own severity, and told
 * with its impact. That it is over is told as urgently: to whom it was told that it began.
 */
export function alarmAlert({ id, detail }: AlarmChange, environment: string): RaisedAlert {
  const [impact = '', ...lines] = detail.configuration.description.split('\n');
  const name = detail.alarmName.replace(`millrace-${environment}-`, '');
  const told = lines.map((line) => /^Severity: (\w+)$/.exec(line)?.[1]).find(Boolean);
  const over = detail.state.value === 'OK';
  return {
    naturalKey: `alarm:${id}`,
    // `presale-load-county-fails` is presale's.
    workload: name.split('-')[0] ?? name,
    severity: severities.find((severity) => severity === told) ?? 'high',
    name,
    message: over ? `Over: ${impact}` : [impact, detail.state.reason].filter(Boolean).join(' '),
  };
}
