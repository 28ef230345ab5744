import { type SiteName, siteNames } from './sample-site/platforms/faults.ts';
import type { PlatformSites } from './sample-site/platforms/start.ts';

/**
 * Nobody's site is spared on this machine: calls follow each other at once. Of five platforms so many are under way that
 * each function finds a full batch.
 */
const impolite = { requestsPerSecond: 100, concurrency: 32 };

/** The template's settings of all platforms, with the sites of this machine in place of the real ones. */
export function samplePlatforms(
  variable: string | undefined,
  sites: Pick<PlatformSites, 'urlOf'> | undefined,
): string | undefined {
  if (variable === undefined || sites === undefined) return variable;
  const platforms = Object.entries(JSON.parse(variable) as Readonly<Record<string, { readonly driver: string }>>);
  const moved = platforms.map(([name, settings]) => {
    const site = siteNames.find((one): one is SiteName => one === (settings.driver === 'gateway' ? 'gateway' : name));
    return [name, site ? { ...settings, ...impolite, baseUrl: sites.urlOf(site) } : settings];
  });
  return JSON.stringify(Object.fromEntries(moved));
}
