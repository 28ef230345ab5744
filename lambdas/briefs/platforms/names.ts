import { registry } from './registry.ts';

export type PlatformName = (typeof registry)[number]['name'];

/** The platforms in the order of the codes that callers write: weixin is 1. */
export const platformNames = registry.map(({ name }) => name) as unknown as readonly [PlatformName, ...PlatformName[]];
