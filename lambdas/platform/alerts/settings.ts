import type { Severity } from '#kit/severity.ts';

/** What mails say about the place they come from, and who gets them. */
export interface AlertSettings {
  /** `dev`. */
  readonly environment: string;
  /** Where the API answers, with a slash at its end; `undefined` where nobody knows. */
  readonly api: string | undefined;
  /** Where people read the runbook. */
  readonly runbook: string;
  readonly recipients: Readonly<Record<Severity, readonly string[]>>;
  /** `presale/run` -> its severity, for each edge that has a section of its own in the runbook. */
  readonly edges: ReadonlyMap<string, Severity>;
}

/** The same from a function's variables. */
export function alertSettings(env: {
  readonly ALERT_ENVIRONMENT: string;
  readonly ALERT_RUNBOOK: string;
  readonly MAIL_TO_HIGH: readonly string[];
  readonly MAIL_TO_MEDIUM: readonly string[];
  readonly MAIL_TO_LOW: readonly string[];
  readonly ALERT_API_URL?: string;
  readonly ALERT_EDGES?: readonly (readonly [string, Severity])[];
}): AlertSettings {
  return {
    environment: env.ALERT_ENVIRONMENT,
    api: env.ALERT_API_URL || undefined,
    runbook: env.ALERT_RUNBOOK,
    recipients: { high: env.MAIL_TO_HIGH, medium: env.MAIL_TO_MEDIUM, low: env.MAIL_TO_LOW },
    edges: new Map(env.ALERT_EDGES ?? []),
  };
}

/** How soon a person should look at what failed there; medium for what no alarm knows. */
export function severityOf(settings: Pick<AlertSettings, 'edges'>, edge: string): Severity {
  return settings.edges.get(edge) ?? 'medium';
}
