import type { Services } from 'one-machine/services.ts';
import type { FunctionModel } from 'one-machine/template/model.ts';
import { appName } from './app-name.ts';
import { samplePlatforms } from './sample-platforms.ts';
import type { SampleSites } from './sample-sites.ts';
import type { Settings } from './settings.ts';

/** What functions are told of this machine. */
interface Told {
  readonly services: Pick<Services, 'postgres' | 'kafka'>;
  readonly sites: SampleSites;
  readonly variables: Settings['variables'];
  readonly apiUrl: string;
  /** Where the built console lies, or will lie: it is built while the stack is ready. */
  readonly consoleFiles: string;
}

/** The variables of Millrace's functions that have another value here: addresses of things that are elsewhere, sites. */
export function functionVariables(
  { environment }: FunctionModel,
  { services, sites: { site, platforms }, variables: given, apiUrl, consoleFiles }: Told,
): Readonly<Record<string, string | undefined>> {
  const here: Readonly<Record<string, string | undefined>> = {
    // What has the master's secret on AWS is the superuser here: the migration.
    ...('DATABASE_SECRET_ARN' in environment ? { DATABASE_URL: services.postgres.url('postgres', appName) } : {}),
    // The address has the password of this machine.
    DATABASE_SECRET_ARN: '',
    // The embedded database never sleeps.
    DATABASE_PAUSES: 'no',
    ALERT_API_URL: apiUrl,
    API_URL: apiUrl,
    CONSOLE_FILES: consoleFiles,
    ...(services.kafka ? { KAFKA_AUTH: 'none' } : {}),
    BRIEFS_PLATFORMS: samplePlatforms(environment.BRIEFS_PLATFORMS, platforms),
    // The sample site's articles are the one thing on this machine that pages may be fetched from.
    ...(site ? { PRESALE_SITE_URL: site.url, PAGE_ALLOWED: new URL(site.url).host } : {}),
  };
  const { SITES } = environment;
  return SITES === undefined ? here : { ...here, SITES: sitesHere(SITES, { ...here, ...given }) };
}

/** The addresses by the variables that functions have them in, as those are on this machine. */
function sitesHere(sites: string, here: Readonly<Record<string, string | undefined>>): string {
  const urls = Object.entries(JSON.parse(sites) as Readonly<Record<string, string>>);
  return JSON.stringify(Object.fromEntries(urls.map(([variable, url]) => [variable, here[variable] ?? url])));
}
