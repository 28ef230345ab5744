/** The platforms in the order of the codes that callers write: weixin is 1. */
export const platformNames = ['weixin', 'weibo', 'redbook', 'bili', 'douyin'] as const;

export type PlatformName = (typeof platformNames)[number];
