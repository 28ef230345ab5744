import { type PlatformName, platformNames } from '../platforms/names.ts';
import type { AllPlatformSettings } from './settings.ts';

export interface ProbePorts {
  readonly settings: AllPlatformSettings;
  readonly probe: (platform: PlatformName) => Promise<string>;
  readonly dispatch: () => Promise<void>;
  readonly wakeSweep: () => Promise<void>;
}

/** Adds a probe of each platform that is to be probed; resolves to what became of each. */
export async function probePlatforms(ports: ProbePorts): Promise<Readonly<Partial<Record<PlatformName, string>>>> {
  await ports.wakeSweep();
  const asked: Partial<Record<PlatformName, string>> = {};
  for (const name of platformNames) {
    if (ports.settings[name].probe) asked[name] = await ports.probe(name);
  }
  await ports.dispatch();
  return asked;
}
