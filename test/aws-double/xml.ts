/** XML as AWS writes it: members in order, text escaped. */
export type Xml = string | number | boolean | readonly Xml[] | { readonly [name: string]: Xml | undefined };

export function xmlDocument(name: string, content: Xml, namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${namespace}">${xmlOf(content)}</${name}>`;
}

function xmlOf(content: Xml): string {
  if (typeof content !== 'object') return escape(String(content));
  if (Array.isArray(content)) return content.map(xmlOf).join('');
  return Object.entries(content as Record<string, Xml | undefined>)
    .flatMap(([name, inner]) =>
      inner === undefined
        ? []
        : Array.isArray(inner)
          ? inner.map((one: Xml) => element(name, one))
          : [element(name, inner)],
    )
    .join('');
}

function element(name: string, content: Xml): string {
  return `<${name}>${xmlOf(content)}</${name.split(' ', 1)[0] ?? name}>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
