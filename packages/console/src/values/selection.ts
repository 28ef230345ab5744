/** Rows that the reader picks out of a table. */
export interface Selection<T> {
  readonly selected: readonly T[];
  readonly select: (rows: readonly T[]) => void;
}

/** What a table needs so that rows can be picked out; each is named by its id for those who do not see it. */
export function selectionOf<T>({ selected, select }: Selection<T>, rowId: (row: T) => string, label: string) {
  return {
    selectionType: 'multi' as const,
    trackBy: rowId,
    selectedItems: [...selected],
    onSelectionChange: ({ detail }: { detail: { selectedItems: T[] } }) => select(detail.selectedItems),
    ariaLabels: {
      selectionGroupLabel: label,
      allItemsSelectionLabel: () => label,
      itemSelectionLabel: (_: unknown, row: T) => `${label} ${rowId(row)}`,
    },
  };
}
