import type { PlatformName } from './names.ts';
import type { Platform } from './platform.ts';
import { registry } from './registry.ts';

type NamedPlatform = Platform & { readonly name: PlatformName };

/** Every platform there is. */
export const platforms: readonly NamedPlatform[] = registry;

/** The platform of a name. */
export function platformNamed(name: PlatformName): NamedPlatform {
  const found = platforms.find((platform) => platform.name === name);
  if (!found) throw new Error(`There is no platform ${name}`);
  return found;
}
