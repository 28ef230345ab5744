import path from 'node:path';
import { freePort } from 'one-machine/services/free-port.ts';
import type { StackModel } from 'one-machine/template/model.ts';
import { type PlatformSites, startPlatformSites } from './sample-site/platforms/start.ts';
import { type SampleSite, startSampleSite } from './sample-site/start.ts';
import { ownPortsFrom, type Settings } from './settings.ts';

/** What stands on this machine for the sites that functions ask. */
export interface SampleSites {
  /** `undefined` when PRESALE_SITE_URL names a real one. */
  readonly site: SampleSite | undefined;
  /** The platforms that briefs search; `undefined` when BRIEFS_PLATFORMS names real ones, or where the template has none. */
  readonly platforms: PlatformSites | undefined;
}

/** Starts those that no variable puts elsewhere. */
export async function startSampleSites(
  settings: Settings,
  model: StackModel,
): Promise<{ readonly sites: SampleSites; stop(): Promise<void> }> {
  const site = await sampleSite(settings);
  const platforms = await samplePlatforms(settings, model).catch(async (error: unknown) => {
    await site?.stop();
    throw error;
  });
  return {
    sites: { site, platforms },
    async stop() {
      await Promise.all([site?.stop(), platforms?.stop()]);
    },
  };
}

async function sampleSite({ project, port, variables }: Settings): Promise<SampleSite | undefined> {
  const { PRESALE_SITE_URL: siteUrl, PRESALE_SAMPLE_DIR: directory } = variables;
  if (siteUrl !== undefined) return undefined;
  return startSampleSite({
    port: await freePort(ownPortsFrom(port).site),
    ...(directory === undefined ? {} : { directory: path.resolve(project, directory) }),
  });
}

async function samplePlatforms(
  { port, variables }: Settings,
  { functions }: StackModel,
): Promise<PlatformSites | undefined> {
  const asked = functions.some(({ environment }) => 'BRIEFS_PLATFORMS' in environment);
  if (!asked || variables.BRIEFS_PLATFORMS !== undefined) return undefined;
  return startPlatformSites({ port: await freePort(ownPortsFrom(port).platforms) });
}
