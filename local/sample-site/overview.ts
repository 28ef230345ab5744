import { type Answer, jsonAnswer, textAnswer } from './answers.ts';
import type { Publication } from './archive.ts';
import type { Day, Season } from './calendar.ts';
import { counties } from './counties.ts';

/** What the site serves, for a person and for a program. */
export interface Overview {
  readonly url: string;
  /** The directory whose files are served; undefined for made-up data. */
  readonly directory?: string;
  readonly today: Day;
  readonly current: Day | undefined;
  readonly publications: readonly Publication[];
  readonly seasons: readonly Season[];
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  readonly faults: readonly object[];
}

/** The overview as JSON where the request accepts that and not HTML, else as a page. */
export function overviewAnswer(overview: Overview, accept: string | undefined): Answer {
  const wantsPage = (accept ?? '').includes('text/html');
  return wantsPage ? textAnswer(200, 'text/html;charset=UTF-8', page(overview)) : jsonAnswer(200, overview);
}

function page(overview: Overview): string {
  const source = overview.directory === undefined ? 'made-up data' : `the files below ${overview.directory}`;
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Sample site</title>
<style>body{font:15px/1.5 system-ui;margin:2rem auto;max-width:60rem}td,th{text-align:left;padding:.1rem 1rem .1rem 0;vertical-align:top}code{background:#eee}</style>
</head>
<body>
<h1>Sample site</h1>
<p>Stands in for the site of pre-sale prices on this machine. It serves ${text(source)}.
Today is <b>${overview.today}</b>, the current publication <b>${overview.current ?? 'none yet'}</b>.</p>
<h2>Current publication</h2>
<p>${counties.map(({ letter, name }) => `<a href="//${hostOf(overview.url)}//Download?fileName=${letter.toLowerCase()}_lvr_land_b.csv">${letter} ${name}</a>`).join(' · ')}</p>
<p><a href="/DownloadHistory_ajax_list">List of earlier publications</a></p>
<h2>Publications</h2>
<table><tr><th>date</th><th>season</th><th>counties</th></tr>
${overview.publications.toReversed().slice(0, 40).map(publicationRow).join('\n')}
</table>
<h2>Seasons</h2>
<p>${overview.seasons.map((season) => `<a href="//${hostOf(overview.url)}//DownloadSeason?season=${season}&amp;type=zip&amp;fileName=lvr_landcsv.zip">${season}</a>`).join(' · ')}</p>
${overview.leftOut.length === 0 ? '' : `<h2>Files left out</h2><ul>${overview.leftOut.map(({ path, reason }) => `<li><code>${text(path)}</code>: ${text(reason)}</li>`).join('')}</ul>`}
<h2>Faults in force</h2>
<pre>${text(overview.faults.length === 0 ? 'none' : JSON.stringify(overview.faults, undefined, 2))}</pre>
<h2>Control</h2>
<pre>curl -X POST ${overview.url}/sample/today -d '{"date":"2022-09-11"}'
curl -X POST ${overview.url}/sample/faults -d '{"kind":"status","status":500,"times":5,"county":"F"}'
curl -X DELETE ${overview.url}/sample/faults
curl ${overview.url}/sample</pre>
</body>
</html>
`;
}

function publicationRow({ date, season, files }: Publication): string {
  const listed = files.map(({ county, path, shiftedFrom }) => {
    const shifted = shiftedFrom === undefined ? '' : ` (moved on from ${shiftedFrom}, which is taken)`;
    return path === undefined ? county : `${county} <code>${text(path)}</code>${shifted}<br>`;
  });
  return `<tr><td>${date}</td><td>${season}</td><td>${listed.join(' ')}</td></tr>`;
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
