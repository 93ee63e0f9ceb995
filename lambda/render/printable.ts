/**
 * Text that somebody else chose, made safe for a terminal: control characters, escape sequences, and characters that turn the
 * direction of text or have no width are written out. A bucket policy's Sid is an attacker's text field.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** One word for a POSIX shell: a name that a stranger chose must not become a command when a hint is copied. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", `'\\''`)}'`;
}
