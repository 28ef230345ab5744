import type { Severity } from '#kit/ledger/severity.ts';

/** What mails say about the place they come from, and who gets them. */
export interface AlertSettings {
  /** `dev`. */
  readonly environment: string;
  /** Where the API answers, with a slash at its end; `undefined` where nobody knows. */
  readonly api: string | undefined;
  /** Where people read the runbook. */
  readonly runbook: string;
  readonly recipients: Readonly<Record<Severity, readonly string[]>>;
  /** `presale/run` -> how urgent its failing is, and the section of the runbook. */
  readonly edges: ReadonlyMap<string, Rating>;
}

/** What is known of a place where things fail. */
export interface Rating {
  readonly severity: Severity;
  readonly section: string;
}

/** The same from a function's variables. */
export function alertSettings(env: {
  readonly ALERT_ENVIRONMENT: string;
  readonly ALERT_RUNBOOK: string;
  readonly MAIL_TO_HIGH: readonly string[];
  readonly MAIL_TO_MEDIUM: readonly string[];
  readonly MAIL_TO_LOW: readonly string[];
  readonly ALERT_API_URL?: string;
  readonly ALERT_EDGES?: readonly (Rating & { readonly edge: string })[];
}): AlertSettings {
  return {
    environment: env.ALERT_ENVIRONMENT,
    api: env.ALERT_API_URL || undefined,
    runbook: env.ALERT_RUNBOOK,
    recipients: { high: env.MAIL_TO_HIGH, medium: env.MAIL_TO_MEDIUM, low: env.MAIL_TO_LOW },
    edges: new Map(env.ALERT_EDGES?.map((rated) => [rated.edge, rated])),
  };
}

/** How urgent it is that something failed there; what nobody rated is medium, and the ledger's section says how to go on. */
export function ratingOf({ edges }: Pick<AlertSettings, 'edges'>, edge: string): Rating {
  return edges.get(edge) ?? { severity: 'medium', section: 'platform-failures-recorded' };
}
