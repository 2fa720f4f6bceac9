/** What an edit did to a text: the lines that went, the lines that came, and where. */
export type Change = { readonly line: number; readonly removed: readonly string[]; readonly added: readonly string[] }

/** The smallest run of lines in which two texts differ. */
export function changeBetween(before: string, after: string): Change {
  const [a, b] = [before.split('\n'), after.split('\n')]
  const most = Math.min(a.length, b.length)
  let line = 0
  while (line < most && a[line] === b[line]) line += 1
  let tail = 0
  while (tail < most - line && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1
  return { line, removed: a.slice(line, a.length - tail), added: b.slice(line, b.length - tail) }
}

/** The text before a change. */
export function takeBack(after: string, { line, removed, added }: Change): string {
  const rows = after.split('\n')
  rows.splice(line, added.length, ...removed)
  return rows.join('\n')
}

/** The text after a change, once more. */
export function doAgain(before: string, { line, removed, added }: Change): string {
  return takeBack(before, { line, removed: added, added: removed })
}
