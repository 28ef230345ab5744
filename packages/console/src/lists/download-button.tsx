import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useTexts } from '../texts/index.ts';
import type { Column, Page } from './column.ts';
import { csvText } from './csv.ts';
import { useNotices } from './notices.tsx';

// The API's longest page.
const rowsAtOnce = 500;
// Some 20 MB of text: more is for the exports of the stack, not for a browser.
const mostRows = 100_000;

interface Downloaded<T> {
  readonly name: string;
  readonly columns: readonly Column<T>[];
  readonly load: (place: { readonly start: number; readonly length: number }) => Promise<Page<T>>;
  readonly total: number | undefined;
}

/** Downloads everything that the filter lets through, not only the page. */
export function DownloadButton<T>({ name, columns, load, total }: Downloaded<T>) {
  const { t } = useTexts();
  const { tellError } = useNotices();
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      const rows = await allRows(load, total ?? 0);
      const written = columns.filter(({ csv }) => csv !== undefined);
      const lines = rows.map((row) => written.map(({ csv }) => csv?.(row)));
      const text = csvText([written.map(({ header }) => header), ...lines]);
      download(`${name}.csv`, new Blob([text], { type: 'text/csv;charset=utf-8' }));
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button iconName="download" loading={busy} disabled={!total} onClick={() => void go()}>
      {t('list.csv')}
    </Button>
  );
}

async function allRows<T>(load: Downloaded<T>['load'], total: number): Promise<readonly T[]> {
  const rows: T[] = [];
  while (rows.length < Math.min(total, mostRows)) {
    const { data } = await load({ start: rows.length, length: rowsAtOnce });
    if (data.length === 0) break;
    rows.push(...data);
  }
  return rows;
}

/** Hands a file to the browser's downloads. */
function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
