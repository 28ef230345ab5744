import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiToken } from '../../local/terminal/first-run.ts';
import { publicationOfDeal, seasonOf } from '../../local/sample-site/calendar.ts';
import { type Flow, startFlow } from './flow.ts';

const day = 86_400_000;
let flow: Flow;
let season: string;
let publication: string;

async function ask(route: string, init: RequestInit = {}) {
  const response = await fetch(`${flow.running.stack.wiring.api?.url}${route}`, {
    ...init,
    headers: { authorization: `Bearer ${apiToken(flow.running.stack)}`, 'content-type': 'application/json', ...init.headers },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

beforeAll(async () => {
  flow = await startFlow({ PRESALE_RETRY_SECONDS: '1', PRESALE_COUNTIES: 'A,F,H' });
  publication = flow.site.current() ?? '';
  season = seasonOf(publicationOfDeal(new Date(Date.now() - 365 * day).toISOString().slice(0, 10)));
  console.log(publication, season, await flow.run({ publication_date: publication }), await flow.run({ season, counties: ['A','F'] }));
}, 200_000);
afterAll(() => flow?.stop());

test('probe', async () => {
  const long = (n: number) => 'x'.repeat(n);
  for (const route of ['/health', '/apiv1/deals?length=1', '/apiv1/deals?from_=abc', '/apiv1/deals?from_=&to_=1.5&length=501&start=-1&sort=name&county=x&district=%00&search='+long(201),
    '/apiv1/deals?length=0', '/apiv1/deals?from_=99999999999999', '/apiv1/deals?from_=-99999999999999','/apiv1/deals?from_=-62135596800&length=1','/apiv1/deals?to_=253402271999&from_=0&length=1', '/apiv1/deals?to_=-62135596800', '/apiv1/deals?start=9007199254740991', '/apiv1/deals?start=9007199254740992', '/apiv1/deals?sort=', '/apiv1/deals?sort=%2Bprice,-transaction_date&length=1', '/apiv1/deals?sort=constructor', '/apiv1/deals?county=F', '/apiv1/deals?length=2&length=3',
    '/apiv1/deals/abc', '/apiv1/deals/0', '/apiv1/deals/-1', '/apiv1/deals/1e3', '/apiv1/deals/99999999999999999999', '/apiv1/deals/9007199254740991', '/apiv1/deals/', '/apiv1/deals/%00','/apiv1/deals/1%20or%201=1', '/apiv1/deals/%E0%A4%A',
    '/apiv1/deal-statistics?year=abc&month=13&length=501&county=Q&start=-1&project='+long(201), '/apiv1/deal-statistics?year=0', '/apiv1/deal-statistics?length=1',
    '/presale/runs?length=1', '/presale/runs?start=-1&length=9999', '/presale/runs/yesterday', '/presale/runs/2022-02-30', '/presale/runs/0000-01-01', '/presale/runs/1999-01-01', '/presale/runs/111S5', '/presale/runs/111S3', `/presale/runs/${season}`.slice(0), '/presale/runs/9999-12-31', '/presale/runs/10000-01-01',
    '/presale/problems?publication_date=2022-13-01&county=L&length=x', '/presale/problems?publication_date=0000-01-01', '/presale/problems?length=1', '/presale/problems?publication_date=2022-01-01','/nowhere', '/apiv1/deals/1/2']) {
    const { status, headers, text } = await ask(route);
    console.log(route.slice(0, 100), status, headers.get('x-request-id') ? 'id' : 'NOID', text.slice(0, 400));
  }
  const post = (body: string, headers = {}) => ask('/presale/runs', { method: 'POST', body, headers });
  for (const body of ['', '{', 'null', '[]', '1', '"x"', '{}', '{"publication_date":null}', '{"publication_date":"2022-09-12"}', '{"publication_date":"2022-13-12"}', '{"publication_date":20220911}', '{"publication_date":"0000-01-01"}', '{"season":"111S5"}', '{"season":"111s3"}', '{"season":"111S3","publication_date":"2022-09-11"}', '{"publication_date":"2022-09-11","counties":[]}', '{"publication_date":"2022-09-11","counties":["f"]}', '{"publication_date":"2022-09-11","counties":"F"}', '{"publication_date":"2022-09-11","counties":["L","F",3]}', '{"publication_date":"2022-09-11","county":"F"}', '{"publication_date":"2022-09-11","__proto__":{"x":1}}', '{"season":"999S4"}', '{"publication_date":"9999-12-21"}',
    JSON.stringify({ publication_date: '2022-09-11', counties: Array.from({length: 400_000}, () => 'bad county') }), 'x'.repeat(5_500_000), 'x'.repeat(11_000_000)]) {
    const { status, headers, text } = await post(body);
    console.log('POST', body.slice(0, 100), status, headers.get('x-request-id') ? 'id' : 'NOID', text.slice(0, 300), text.length);
  }
  console.log(await post('{}', { authorization: '' }), await post('{}', { 'content-type': 'application/x-www-form-urlencoded' }), await ask('/apiv1/deals', { method: 'DELETE' }), await ask('/apiv1/deals', { method: 'HEAD' }),await ask('/presale/runs', { method: 'PUT', body: '{}' }));
}, 100_000);
