import type { BriefFacts } from './brief-facts.ts';
import { type BriefMail, endedMail, type Links, submittedMail } from './brief-mail.ts';

/** How mails come to their links. */
export interface LinkSource extends Pick<Links, 'api'> {
  readonly key: () => Promise<string>;
  /** Files are kept so long. */
  readonly days: number;
}

export interface TellPorts {
  readonly facts: (brief: string) => Promise<BriefFacts | undefined>;
  /** Into the mail queue. */
  readonly send: (mail: BriefMail) => Promise<void>;
  readonly links: LinkSource;
  readonly clock: () => Date;
}

export interface TellEndPorts extends TellPorts {
  /** The stage's brief when it has ended and no mail has told of this end. */
  readonly toTell: (stage: string) => Promise<string | undefined>;
  readonly told: (brief: string) => Promise<void>;
}

export interface TellSubmittedPorts extends TellPorts {
  readonly submitTold: (brief: string) => Promise<void>;
}

/** Tells the submitter that a brief is taken. After a kill in between, the next attempt sends the same mail under the same id. */
export async function tellSubmitted(brief: string, ports: TellSubmittedPorts): Promise<void> {
  const facts = await ports.facts(brief);
  if (!facts) return;
  await ports.send(submittedMail(facts, await linksOf(ports)));
  await ports.submitTold(brief);
}

/** Tells the submitter of the end of a stage's brief, once for each end: killed in between it sends the same mail again. */
export async function tellEnd(stage: string, ports: TellEndPorts): Promise<void> {
  const brief = await ports.toTell(stage);
  const facts = brief === undefined ? undefined : await ports.facts(brief);
  if (!facts) return;
  await ports.send(endedMail(facts, await linksOf(ports)));
  await ports.told(facts.uuid);
}

async function linksOf({ links: { key, api, days }, clock }: TellPorts): Promise<Links> {
  return { key: await key(), api, expiresAt: new Date(clock().getTime() + days * 24 * 3_600_000) };
}
