import path from 'node:path';
import type { App } from 'one-machine/app.ts';
import { builtFolder } from '../packages/console/build/folder.ts';
import { appName } from './app-name.ts';
import { assemble } from './assembly.ts';
import { consoleToken, keepConsoleToken, usersSecretName } from './callers/console-token.ts';
import { functionVariables } from './function-variables.ts';
import { type SampleSites, startSampleSites } from './sample-sites.ts';
import type { Settings } from './settings.ts';
import { sparkJobs } from './spark-jobs.ts';

/** Millrace as an app of one machine; its sample sites are there once it runs. */
export function millrace(settings: Settings): App & { sites(): SampleSites } {
  const { project, variables, assembly, environment } = settings;
  let sites: SampleSites = { site: undefined, platforms: undefined };
  return {
    name: appName,
    assembly: async (watched) => assembly ?? (await assemble(project, environment, watched)).directory,
    compileCache: path.join(project, 'build', 'compile-cache'),
    resourceTypes: {
      'Custom::MskBootstrapBrokers': { absent: 'KAFKA_BROKERS is set to the broker of this machine' },
    },
    secrets: [consoleToken],
    sparkJobs: (place) => sparkJobs({ project, ...place }),
    async beside({ model, services }) {
      const [started, consoleFiles] = await Promise.all([startSampleSites(settings, model), builtFolder(project)]);
      sites = started.sites;
      if (model.secrets.some(({ name }) => name === usersSecretName)) await keepConsoleToken(services.secrets);
      return {
        variables: (fn, apiUrl) => functionVariables(fn, { services, sites, variables, apiUrl, consoleFiles }),
        stop: started.stop,
      };
    },
    sites: () => sites,
  };
}
