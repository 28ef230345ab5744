/** What the site's error pages say, whatever status they come with. */
const errorWords = ['系統發生錯誤', '施工中'] as const;

/** The words of an error page of the site that stand in a text, if any do. */
export function errorPageWords(text: string): string | undefined {
  return errorWords.find((words) => text.includes(words));
}
