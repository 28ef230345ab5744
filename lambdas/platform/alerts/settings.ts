import type { Severity } from '#kit/ledger/severity.ts';

/** What mails say about the place they come from, and who gets them. */
export interface AlertSettings {
  /** `dev`. */
  readonly environment: string;
  /** The address of the API with a trailing slash; `undefined` when it is unknown. */
  readonly api: string | undefined;
  /** Where people read the runbook. */
  readonly runbook: string;
  readonly recipients: Readonly<Record<Severity, readonly string[]>>;
  /** `presale/run` -> how urgent its failing is, and the section of the runbook. */
  readonly edges: ReadonlyMap<string, Rating>;
}

/** A place where things fail, as far as it is known. */
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

/** The severity of failures there; an unrated place is medium, and points to the ledger's section of the runbook. */
export function ratingOf({ edges }: Pick<AlertSettings, 'edges'>, edge: string): Rating {
  return edges.get(edge) ?? { severity: 'medium', section: 'platform-failures-recorded' };
}
