interface Bodies {
  readonly text: string;
  readonly html?: string | undefined;
}

/** A mail that says under which id its story is in the logs. The id has only letters that mean nothing in HTML. */
export function withId<M extends Bodies>(mail: M, id: string | undefined): M {
  if (id === undefined) return mail;
  const line = `In the logs: correlation_id ${id}`;
  const { html } = mail;
  return {
    ...mail,
    text: `${mail.text.trimEnd()}\n\n-- \n${line}\n`,
    ...(html === undefined ? {} : { html: withLine(html, `<p style="color:#666;font-size:12px">${line}</p>`) }),
  };
}

function withLine(html: string, line: string): string {
  const end = html.lastIndexOf('</body>');
  return end < 0 ? `${html}${line}` : `${html.slice(0, end)}${line}${html.slice(end)}`;
}
