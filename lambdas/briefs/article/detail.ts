/** The id that a detail's subject names: what follows a slash says of which kind it is. */
export function idOf(subject: string): string {
  return subject.split('/')[0] ?? subject;
}
