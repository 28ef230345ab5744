import { objectStore } from '#adapters/object-store.ts';
import { readIfChanged } from '#adapters/objects/changed-object.ts';
import { newestVersions, readVersion } from '#adapters/objects/object-versions.ts';
import { rulesKey } from '../contract.ts';
import { shippedRules } from '../rules/default-rules.ts';
import type { RulesShelf } from '../rules/published-rules.ts';

// No one goes back further.
const mostVersions = 50;

/** Published rules, as versions of one object of the raw bucket. */
export function rulesShelf(bucket: string): RulesShelf {
  const store = objectStore(bucket);
  return {
    read: () => readIfChanged({ bucket, key: rulesKey }),
    publish: (text, seen) => store.replace(rulesKey, text, seen, { contentType: 'application/json' }),
    withdraw: (seen) => store.removeUnchanged(rulesKey, seen),
    versions: () => newestVersions(bucket, rulesKey, mostVersions),
    readVersion: (version) => readVersion(bucket, rulesKey, version),
    shipped: shippedRules,
  };
}
