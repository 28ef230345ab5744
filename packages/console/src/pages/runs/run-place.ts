/** Where a run has its page. */
export function runPlace({
  id,
  workload,
  name,
}: {
  readonly id: number | null;
  readonly workload: string;
  readonly name: string;
}): string {
  return id === null ? `/runs/${encodeURIComponent(workload)}/${encodeURIComponent(name)}` : `/runs/${id}`;
}
