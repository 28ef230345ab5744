/** A made-up tenant: what its one scenario is for, and what it is filled with. */
export interface SampleTenant {
  readonly tenant: string;
  readonly scenario: string;
  readonly name: string;
  readonly type: 'ecommerce' | 'vlog';
  /** What it is about; each taste of a user is one or two of them. */
  readonly categories: Readonly<Record<string, readonly string[]>>;
  readonly authors: readonly string[];
  /** Actions that follow on a click, and how many of a hundred clicks they follow. */
  readonly follows: Readonly<Record<string, number>>;
}

export interface SampleItem {
  readonly item_id: string;
  readonly metadata: {
    readonly title: string;
    readonly description: string;
    readonly category: string;
    readonly tags: readonly string[];
    readonly author: string;
    readonly publish_time: string;
    readonly view_count: number;
    readonly like_count: number;
    readonly completion_rate: number;
  };
}

/** Two tenants with items and users of the same ids, so that anybody sees at once that nothing crosses. */
export const sampleTenants: readonly SampleTenant[] = [
  {
    tenant: 'sample-shop',
    scenario: 'home',
    name: '示例商城首页',
    type: 'ecommerce',
    categories: {
      茶具: ['紫砂', '盖碗', '茶盘'],
      登山: ['冲锋衣', '登山杖', '帐篷'],
      厨房: ['铸铁锅', '菜刀', '蒸笼'],
      园艺: ['多肉', '花盆', '园艺剪'],
      摄影: ['镜头', '三脚架', '滤镜'],
      文具: ['钢笔', '墨水', '手账'],
    },
    authors: ['青山店', '南风店', '白鹭店', '石桥店'],
    follows: { favorite: 12, add_cart: 15, purchase: 8 },
  },
  {
    tenant: 'sample-vlog',
    scenario: 'home',
    name: '示例视频推荐',
    type: 'vlog',
    categories: {
      旅行: ['高铁', '古镇', '海岛'],
      美食: ['面食', '火锅', '甜点'],
      音乐: ['民谣', '钢琴', '合唱'],
      科技: ['机器人', '芯片', '编程'],
      运动: ['骑行', '跑步', '攀岩'],
      动物: ['猫', '鸟类', '海洋'],
    },
    authors: ['阿木', '小满', '北北', '老周'],
    follows: { like: 20, play_end: 35, share: 5 },
  },
];

const dayMs = 24 * 60 * 60 * 1000;
/** Enough for every taste to have more than a page. */
export const itemsOfATenant = 180;

/** The items of a tenant: evenly of all its categories, published within the last two months. */
export function sampleItems(tenant: SampleTenant, now: Date, random: () => number): SampleItem[] {
  const categories = Object.entries(tenant.categories);
  return Array.from({ length: itemsOfATenant }, (_, at) => {
    const [category = '', words = []] = categories[at % categories.length] ?? [];
    const word = words[Math.floor(at / categories.length) % words.length] ?? '';
    const views = Math.round(200 * (1 + 20 * random() ** 3));
    const author = tenant.authors[Math.floor(random() * tenant.authors.length)] ?? '';
    return {
      item_id: `item-${at + 1}`,
      metadata: {
        title: `${word}第${at + 1}号`,
        description: `${author}的${category}：${word}，编号${at + 1}`,
        category,
        tags: [category, word],
        author,
        publish_time: new Date(now.getTime() - random() * 60 * dayMs).toISOString(),
        view_count: views,
        like_count: Math.round(views * random() * 0.3),
        completion_rate: Math.round(random() * 100) / 100,
      },
    };
  });
}
