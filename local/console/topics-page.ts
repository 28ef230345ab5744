import type { TopicRecord, TopicState } from '../services/topic-reader.ts';
import { page, table, text } from './page.ts';

/** Every topic and how much is in it. */
export function topicsPage(brokers: string, topics: readonly TopicState[]): string {
  const rows = topics.map(({ topic, partitions }) => [
    `<a href="/topics/${encodeURIComponent(topic)}">${text(topic)}</a>`,
    String(partitions.length),
    String(partitions.reduce((sum, { first, end }) => sum + end - first, 0)),
  ]);
  return page(
    'Kafka topics',
    `<p>Any Kafka client reads and writes here: <code>kcat -b ${text(brokers)} -L</code></p>${table(['Topic', 'Partitions', 'Records'], rows)}`,
  );
}

/** JSON of its own makes a browser ask first, which is what keeps other sites out. */
export const topicScript = `document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { key, value } = Object.fromEntries(new FormData(event.target));
  const answer = await fetch(location.pathname, { method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ value, ...(key === '' ? {} : { key }) }) });
  if (answer.ok) location.reload();
  else document.querySelector('output').textContent = await answer.text();
});`;

/** A topic's last records, and a form that puts one more there. */
export function topicPage(topic: string, records: readonly TopicRecord[]): string {
  const rows = records.map(({ partition, offset, at, key, value, headers }) => [
    `${partition}:${offset}`,
    text(at),
    text(key ?? ''),
    `<code>${text(value ?? '(tombstone)')}</code>`,
    headers.map((header) => text(`${header.name}: ${header.value}`)).join('<br>'),
  ]);
  return page(
    topic,
    `<form><p><input name="key" placeholder="key"></p>
<p><textarea name="value" rows="4" cols="80">{"text": "新船试航，傍晚多开四班"}</textarea></p>
<button>Produce</button> <output></output></form>
${table(['Place', 'Time', 'Key', 'Value', 'Headers'], rows)}<script>${topicScript}</script>`,
  );
}
