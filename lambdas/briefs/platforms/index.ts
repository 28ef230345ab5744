import { bili } from './bili.ts';
import { douyin } from './douyin.ts';
import type { PlatformName } from './names.ts';
import type { Platform } from './platform.ts';
import { redbook } from './redbook.ts';
import { weibo } from './weibo.ts';
import { weixin } from './weixin.ts';

/** Every platform there is; a further one is a file and a line here. */
export const platforms: readonly Platform[] = [weixin, weibo, redbook, bili, douyin];

/** The platform of a name. */
export function platformNamed(name: PlatformName): Platform {
  const found = platforms.find((platform) => platform.name === name);
  if (!found) throw new Error(`There is no platform ${name}`);
  return found;
}
