import { isKeyword, topWords } from '#language/keywords.ts';

// What platforms put into texts, and what every post has.
const platformWords =
  '全文 展开 收起 网页 链接 微博 转发 评论 点赞 收藏 关注 话题 超话 抽奖 哈哈 哈哈哈 哈哈哈哈 真的 觉得 感觉 知道 看到 一起 这种 那种 然后 时候 东西 http https www com cn';

/** Decides which words count: the general stop words, those of platforms and the environment's own say nothing. */
export function wordFilter(own: readonly string[]): (word: string) => boolean {
  const silent = new Set([...platformWords.split(' '), ...own.map((word) => word.toLowerCase())]);
  return (word) => {
    const folded = word.toLowerCase();
    return isKeyword(folded) && !silent.has(folded);
  };
}

const noteWords = 5;

/** The words that say most of a note: those it has most often, long ones first. */
export function keyWordsOf(words: readonly string[]): readonly string[] {
  return topWords(words, () => 1)
    .slice(0, noteWords)
    .map(({ word }) => word);
}
