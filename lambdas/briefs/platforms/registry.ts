import { bili } from './bili.ts';
import { douyin } from './douyin.ts';
import { redbook } from './redbook.ts';
import { weibo } from './weibo.ts';
import { weixin } from './weixin.ts';

/** Every platform there is, in the order of their codes: a further one is a file, and its line here. */
export const registry = [weixin, weibo, redbook, bili, douyin] as const;
