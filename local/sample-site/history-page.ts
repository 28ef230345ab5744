import { type Day, dealsOf, partsOf, publicationBefore, publicationsOf, type Season, seasonOf } from './calendar.ts';

const TABLE = `<table width="100%" border='0' cellpadding='0' cellspacing='0' id='table5' style='border: 1px solid #cecece; text-align:left;'>`;

/** Publications of the season that were there before one: empty for a season's first. */
export function earlierPublications(publication: Day): Day[] {
  return publicationsOf(seasonOf(publication)).filter((date) => date < publication);
}

/** What the list shows while a publication is not out yet: the state of the site one publication before. */
export function lateList(publication: Day): Day[] {
  return earlierPublications(publicationBefore(publication));
}

/**
 * The list of earlier publications, as the site sends it: a fragment without a head, lines ending in CRLF, with a table
 * of the past seasons commented out before the real one, and a script behind it.
 */
export function historyPage(dates: readonly Day[], seasons: readonly Season[]): string {
  const past = seasons.toReversed();
  const page = `<!--
\t${TABLE}
\t\t<tr>
\t\t\t<td class="form_gray" colspan="3"><font face='Arial' size='-1'>前季下載</font></td>
\t\t</tr>
\t\t<tr>
\t\t\t<td class="form_intro">&nbsp;</td>
\t\t\t<td class="form_intro">&nbsp;發布日期
\t\t\t\t<select name="season" id="historySeason_id" onchange="chgSesonDesc(this.value);">
${past.map(option).join('\n')}
\t\t\t\t</select>
\t\t\t</td>
\t\t\t<td class="form_intro"><span class="i_download" onclick="javaScript:downloadSeason();">下載</span></td>
\t\t</tr>
\t</table>
-->
${TABLE}
\t<tr>
\t\t<td class="form_gray" colspan="3">
\t\t\t<font face='Arial' size='-1'>前期下載</font>
\t\t</td>
\t</tr>
${dates.map(row).join('\n')}
</table>
<script type="text/javascript">
\tvar m = new Map();
${past.map((season) => `\tm.set('${season}', '資料內容：交易日期${seasonDeals(season)}之預售屋案件');`).join('\n')}
\tfunction downloadLast(filename) {
\t\twindow.location.href = "DownloadHistory?type=history&fileName=" + filename;
\t}
</script>
`;

  return page.replaceAll('\n', '\r\n');
}

function option(season: Season): string {
  const [year, quarter] = season.split('S');
  return `\t\t\t\t\t<option value="${season}">${year}年第${quarter}季</option>`;
}

function row(date: Day): string {
  const compact = date.replaceAll('-', '');
  const { from, to } = dealsOf(date);
  return `
\t<tr>
\t\t<td class="form_intro">&nbsp;</td>
\t\t<td class="form_intro">&nbsp;發布日期 ${compact}
\t\t\t<span class="i_desc"
\t\t\t\tdesc="資料內容：交易日期自${spoken(from)} 至 ${spoken(to)}日之預售屋案件">
\t\t\t\t<img src="/images/info.png" width="18" height="18" />
\t\t\t</span>
\t\t</td>

\t\t<td class="form_intro">
\t\t\t<span class="i_download" style="cursor:pointer" onclick="javaScript:downloadLast('${compact}');">
\t\t\t\t<img src="images/download_b_o.gif" alt="下載">
\t\t\t</span>
\t\t</td>
\t</tr>`;
}

function seasonDeals(season: Season): string {
  const [first, ...others] = publicationsOf(season).map(dealsOf);
  return first === undefined ? '' : `自${spoken(first.from)} 至 ${spoken((others.at(-1) ?? first).to)}日`;
}

function spoken(date: Day): string {
  const { year, month, dayOfMonth } = partsOf(date);
  return `${year - 1911}年${month}月${dayOfMonth}`;
}
