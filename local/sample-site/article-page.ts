interface Article {
  readonly title: string;
  readonly language: 'zh-CN' | 'en';
  readonly paragraphs: readonly string[];
}

const articles: Readonly<Record<string, Article>> = {
  ferry: {
    title: '北湾渡轮换新船，傍晚多开四班',
    language: 'zh-CN',
    paragraphs: [
      '北湾渡轮公司星期一把第三艘电动渡轮投入营运。新船长三十八米，载客两百六十人，充一次电可以来回十二趟。船长说，离岸时几乎听不见引擎声，码头边卖鱼的人反而不习惯。',
      '新班表从下个月一日开始，平日傍晚五点到八点之间多开四班，最后一班延到晚上十点半。票价不变，学生和长者照旧半价。公司说，去年傍晚的班次平均有七成五的座位坐满，星期五常有人等到下一班。',
      '旧船不会马上退役，先留在西岸码头当备用船。岸上的充电桩由市政府出资，一共六座，其中两座开放给小型渔船使用。渔会说，先看电价再决定要不要换船。',
    ],
  },
  football: {
    title: '城东队补时进球，两分领先榜首',
    language: 'zh-CN',
    paragraphs: [
      '联赛第二十一轮昨晚进行，城东队主场以二比一击败河口队。上半场第三十分钟，河口队前锋接角球头球破门，客队先领先。下半场第六十三分钟，城东队中场在禁区外远射得分，比分扳平。',
      '补时第四分钟，替补上场的十九岁前锋在小禁区抢点，球队全取三分。主教练赛后说，这名球员一个月前还在青年队踢球，训练最后一个离开球场。',
      '两队下一次交手是杯赛半决赛，首回合在河口队主场进行。门将的手指有伤，队医说要看明天的检查结果。',
    ],
  },
  harvest: {
    title: 'Orchard town counts a late but heavy apple harvest',
    language: 'en',
    paragraphs: [
      'Growers in the upper valley say this year’s apple harvest came eleven days late and will still be the heaviest in six years. A cold spring held the blossom back, and when it opened the frosts were over.',
      'The cooperative has hired forty more pickers than last year and rented a second cold store by the railway. Its manager expects the price to fall a little in November and to recover once the early varieties are sold.',
      'Bees, the growers agree, did most of the work. Three of them have given up spraying in the afternoon altogether, and a school class now counts the hives every other Friday.',
    ],
  },
};

/** An article as a news site shows it: between navigation, a script and comments. `undefined` where there is none. */
export function articlePage(name: string): string | undefined {
  const article = Object.hasOwn(articles, name) ? articles[name] : undefined;
  if (!article) return undefined;
  const { title, language, paragraphs } = article;
  const links = Object.entries(articles).map(
    ([other, { title: of }]) => `<li><a href="/articles/${other}">${of}</a></li>`,
  );
  return `<!DOCTYPE html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${title} - Sample News</title><script>window.tracked = true;</script></head>
<body>
<nav><ul><li><a href="/">Home</a></li>${links.join('')}</ul></nav>
<main><article><h1>${title}</h1>
${paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('\n')}
</article></main>
<section class="comments"><h2>Comments</h2><p>First!</p><p>I take this ferry every day.</p></section>
<footer><p>Sample News, made up for Millrace.</p></footer>
</body>
</html>
`;
}
