export type Mentionable = { readonly id: string; readonly name: string; readonly email: string }

/**
 * Who is meant by the @s of a note: `@` and a full name, an e-mail address or its part before the @, or a first name that
 * only one has. The longest reading counts; case and accents don't matter. Each person once, in the order of the text.
 */
export function mentioned(note: string, people: readonly Mentionable[]): Mentionable[] {
  const handles = people
    .flatMap((person) => handlesOf(person, people).map((handle) => [plain(handle), person] as const))
    .sort(([a], [b]) => b.length - a.length)
  const text = plain(note)
  const found = new Set<Mentionable>()
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at > 0 && /[\p{L}\p{N}.]/u.test(text[at - 1]!)) continue
    const rest = text.slice(at + 1)
    const meant = handles.find(
      ([handle]) => rest.startsWith(handle) && !/^[\p{L}\p{N}]/u.test(rest.slice(handle.length)),
    )
    if (meant) found.add(meant[1])
  }
  return [...found]
}

function handlesOf({ name, email }: Mentionable, people: readonly Mentionable[]): string[] {
  const first = firstName(name)
  const alone = people.filter((other) => plain(firstName(other.name)) === plain(first)).length === 1
  return [name, email, email.split('@')[0]!, ...(alone ? [first] : [])].filter((handle) => handle !== '')
}

const firstName = (name: string): string => name.trim().split(/\s/)[0] ?? ''
const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
