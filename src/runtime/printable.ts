/** What moves the cursor, clears the screen or turns the direction of writing: control and format characters. */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}]/gu;

/** A text without what a terminal would obey instead of show; lines and tabs stay. For what others said. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, '');
}
