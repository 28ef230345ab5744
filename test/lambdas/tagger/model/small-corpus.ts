import { seededRandom } from '../../../../training/random.ts';
import type { Row } from '../../../../training/rows.ts';

const topics: Readonly<Record<string, readonly string[]>> = {
  cooking: ['红烧排骨', '清蒸鲈鱼', '麻婆豆腐', 'fried noodles', 'slow roast', '火候', '食材', 'recipe'],
  gardening: ['玫瑰扦插', '多肉浇水', '盆栽施肥', 'tulip bulbs', 'pruning', '土壤', '花期', 'greenhouse'],
  astronomy: ['木星冲日', '流星雨', '望远镜', 'lunar eclipse', 'deep sky', '星云', '日食', 'observatory'],
};
const shared = ['周末', '教程', '新手', '三步', 'how to', '最好的', '指南', '2024'];

/** Made-up headlines of three topics, the same for the same seed. */
export function smallCorpus(count: number, seed: number): Row[] {
  const random = seededRandom(seed);
  const one = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? '';
  return Array.from({ length: count }, () => {
    const label = one(Object.keys(topics));
    const words = topics[label] ?? [];
    return { text: [one(shared), one(words), one(shared), one(words)].join(random() < 0.5 ? '' : ' '), label };
  });
}
