import CollectionPreferences from '@cloudscape-design/components/collection-preferences';
import { useState } from 'react';
import { useTexts } from '../texts/index.ts';
import { type Address, pageLengths } from './address.ts';
import type { Column } from './column.ts';

/** The columns that a reader chose for a list, kept for the next visit. */
export function useVisibleColumns<T>(name: string, columns: readonly Column<T>[]) {
  const place = `millrace.columns.${name}`;
  const [chosen, setChosen] = useState<readonly string[]>(() => {
    const kept = localStorage.getItem(place);
    return kept === null ? columns.filter((column) => !column.optional).map(({ id }) => id) : kept.split(',');
  });
  const choose = (ids: readonly string[]) => {
    localStorage.setItem(place, ids.join(','));
    setChosen(ids);
  };
  return [chosen, choose] as const;
}

interface Preferences<T> {
  readonly columns: readonly Column<T>[];
  readonly visible: readonly string[];
  readonly choose: (ids: readonly string[]) => void;
  readonly address: Address;
}

/** Which columns, and how many rows a page has. */
export function ListPreferences<T>({ columns, visible, choose, address }: Preferences<T>) {
  const { t } = useTexts();
  return (
    <CollectionPreferences
      title={t('list.preferences')}
      confirmLabel={t('action.confirm')}
      cancelLabel={t('action.cancel')}
      preferences={{ pageSize: address.length, visibleContent: visible }}
      pageSizePreference={{
        title: t('list.rows'),
        options: pageLengths.map((value) => ({ value, label: String(value) })),
      }}
      visibleContentPreference={{
        title: t('list.columns'),
        options: [
          {
            label: t('list.columns'),
            options: columns.map(({ id, header }, index) => ({ id, label: header, editable: index > 0 })),
          },
        ],
      }}
      onConfirm={({ detail }) => {
        if (detail.visibleContent) choose(detail.visibleContent);
        if (detail.pageSize !== undefined && detail.pageSize !== address.length)
          address.set({ length: String(detail.pageSize) });
      }}
    />
  );
}
