import type { IConstruct } from 'constructs';
import { environmentOf } from '../../constructs/millrace-stack.ts';

/** The limits and manners of the functions that fetch pages, as their variables. */
export function pageVariables(scope: IConstruct, { longestMs = Number.POSITIVE_INFINITY } = {}) {
  const { pages } = environmentOf(scope).workloads.tagger;
  return {
    PAGE_TIMEOUT_MS: String(Math.min(pages.timeoutMs, longestMs)),
    PAGE_MAX_BYTES: String(pages.maxBytes),
    PAGE_KEPT_BYTES: String(pages.keptBytes),
    PAGE_PER_HOST: String(pages.perHost),
    PAGE_GAP_MS: String(pages.gapMs),
    PAGE_FRESH_MS: String(pages.freshMs),
    PAGE_ALLOWED: pages.allowed.join(),
  };
}

/** The services, as handlers read them. */
export function servicesVariable(scope: IConstruct): { readonly TAGGER_SERVICES: string } {
  return { TAGGER_SERVICES: JSON.stringify(environmentOf(scope).workloads.tagger.services) };
}

/** Changed rules work within a minute; S3 is asked 1,440 times a day by each instance. */
export const rulesVariable = { RULES_FRESH_MS: '60000' };
