import { type PlatformName, platformNames } from './names.ts';

/** Something for every platform: what some have of their own, and what holds for all others. */
export function eachPlatform<T>(
  own: Partial<Readonly<Record<PlatformName, T>>>,
  otherwise: T,
): Readonly<Record<PlatformName, T>> {
  return Object.fromEntries(platformNames.map((name) => [name, own[name] ?? otherwise])) as Record<PlatformName, T>;
}
